import type { SourceText } from '../file/yaml/tree.ts';
import { type BuildOptions, type Built, buildButane } from './build.ts';
import { readDocument } from './document.ts';

/** Reads one text of Ignition, or builds Butane: a text that begins with a brace and names no variant is JSON. */
export async function readAny(
  sources: readonly SourceText[],
  options: BuildOptions = {},
): Promise<Built> {
  const [first, ...rest] = sources;
  if (first && rest.length === 0 && isIgnition(first))
    return { ...readDocument(first), secrets: new Set() };
  return buildButane(sources, options);
}

export function isIgnition({ text }: SourceText): boolean {
  return (
    /^\s*\{/.test(text) &&
    /"ignition"\s*:/.test(text) &&
    !/"?variant"?\s*:/.test(text.slice(0, 200))
  );
}

/** True for a text that says which variant of Butane it is. */
export function isButane({ text }: SourceText): boolean {
  return /^[\s{]*["']?variant["']?\s*:/m.test(text);
}
