import { existsSync, globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Platform } from '../../oci/descriptor.ts';
import { openRepository } from '../../oci/open/open.ts';
import {
  absoluteReference,
  type LocalReference,
  parseReference,
  versionOf,
} from '../../oci/reference.ts';
import type { Repository } from '../../oci/repository.ts';
import type { ImageTreeOptions } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';
import type { Context } from '../context/context.ts';
import type { ImageOptions } from './image.ts';

/** A folder that is not there has no tag either, but that is not what its user wants to hear. */
function requireLayout({ kind, path }: LocalReference): void {
  if (kind !== 'layout' || existsSync(join(path, 'index.json'))) return;
  const what = existsSync(path) ? 'is not an OCI image layout: no index.json' : 'does not exist';
  const layouts = globSync('*/index.json', { cwd: path }).map((name) => dirname(name));
  throw new LockstepError('not-found', `${path} ${what}`, {
    context: { path },
    hint:
      layouts.length > 0
        ? `it holds layouts: ${layouts.sort().slice(0, 10).join(', ')}`
        : 'name the folder of one repository: oci:DIR/NAME[:TAG]',
  });
}

/** The repository of the image that was named, and what to ask it for. */
export function openImageOf(
  text: string,
  context: Context,
  options: Pick<ImageOptions, 'plainHttp'> & { mayBeAbsent?: boolean },
): { reader: Repository; version: string } {
  const reference = absoluteReference(parseReference(text), context.cwd);
  if (reference.kind !== 'remote' && !options.mayBeAbsent) requireLayout(reference);
  const { env, cwd, signal } = context;
  const plainHttp = options.plainHttp ? { plainHttp: true } : {};
  const reader = openRepository(reference, { env, cwd, signal, ...plainHttp });
  return { reader, version: versionOf(reference) };
}

/** What the options say about how to look into an image. */
export function treeOptionsOf(
  options: Pick<ImageOptions, 'platform' | 'stream'>,
): ImageTreeOptions {
  return { platform: platformOf(options), contents: options.stream ? 'tar' : 'toc' };
}

/** The platform that an option names as `os/arch` or `os/arch/variant`; throws `usage` for others. */
export function platformOf({ platform }: Pick<ImageOptions, 'platform'>): Platform {
  const [os, architecture, variant, ...rest] = platform.split('/');
  if (!os || !architecture || variant === '' || rest.length > 0)
    throw new LockstepError('usage', `--platform ${platform} is no platform`, {
      hint: 'name it as OS/ARCHITECTURE, or OS/ARCHITECTURE/VARIANT: linux/arm64',
    });
  return { os, architecture, ...(variant == null ? {} : { variant }) };
}
