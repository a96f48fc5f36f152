import { type Command, InvalidArgumentError } from '@commander-js/extra-typings';
import { openRepository } from '../oci/open.ts';
import { absoluteReference, parseReference, versionOf } from '../oci/reference.ts';
import type { Repository } from '../oci/repository.ts';
import type { ImageTreeOptions } from '../oci/tree.ts';
import type { Context } from './context.ts';

/** Adds the options of the commands that look into one image. */
export function imageOptions(command: Command) {
  return command
    .option('-C <dir>', 'relative paths start from this folder instead of the current one')
    .option('--platform <os/arch>', 'which image of an index', 'linux/amd64')
    .option('--stream', 'read layers from their beginning, believe no table of contents')
    .option('--plain-http', 'speak HTTP without TLS to the registry')
    .option('--json', 'print one JSON document on standard output and nothing else there');
}

export interface ImageOptions {
  platform: string;
  stream?: true;
  plainHttp?: true;
}

/** The repository of the image that was named, and what to ask it for. */
export function openImageOf(
  text: string,
  context: Context,
  options: Pick<ImageOptions, 'plainHttp'>,
): { reader: Repository; version: string } {
  const reference = absoluteReference(parseReference(text), context.cwd);
  const { env, cwd, signal } = context;
  const plainHttp = options.plainHttp ? { plainHttp: true } : {};
  const reader = openRepository(reference, { env, cwd, signal, ...plainHttp });
  return { reader, version: versionOf(reference) };
}

/** What the options say about how to look into an image. */
export function treeOptionsOf(options: ImageOptions): ImageTreeOptions {
  const [os = 'linux', architecture = 'amd64', variant] = options.platform.split('/');
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return { platform, contents: options.stream ? 'tar' : 'toc' };
}

/** Reads a number of the command line. */
export function wholeNumber(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}
