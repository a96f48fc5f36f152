import { type BuildOptions, type Built, buildButane } from './build.ts';
import { readDocument } from './document.ts';
import type { SourceText } from './text/tree.ts';

/** Reads Ignition, or builds Butane: a text that begins with a brace and names no variant is JSON. */
export async function readAny(source: SourceText, options: BuildOptions = {}): Promise<Built> {
  if (isIgnition(source)) return { ...readDocument(source), secrets: new Set() };
  return buildButane([source], options);
}

export function isIgnition({ text }: SourceText): boolean {
  return (
    /^\s*\{/.test(text) &&
    /"ignition"\s*:/.test(text) &&
    !/"?variant"?\s*:/.test(text.slice(0, 200))
  );
}
