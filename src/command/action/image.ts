import { openRepository } from '../../oci/open.ts';
import { absoluteReference, parseReference, versionOf } from '../../oci/reference.ts';
import type { Repository } from '../../oci/repository.ts';
import type { ImageTreeOptions } from '../../oci/tree.ts';
import type { Context } from '../context.ts';
import type { ImageOptions } from '../image-options.ts';

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
export function treeOptionsOf(
  options: Pick<ImageOptions, 'platform' | 'stream'>,
): ImageTreeOptions {
  const [os = 'linux', architecture = 'amd64', variant] = options.platform.split('/');
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return { platform, contents: options.stream ? 'tar' : 'toc' };
}
