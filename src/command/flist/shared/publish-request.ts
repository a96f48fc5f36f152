import { readFile, stat } from 'node:fs/promises';
import type { Flists } from '../../../config/flists-schema.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import { kernelIn } from '../../../release/flists/check.ts';
import type { BuildFiles } from '../../../release/flists/kernel-release.ts';
import { type FlistRequest, firmwareFor } from '../../../release/flists/make.ts';
import { firmwareTag } from '../../../release/flists/names.ts';
import { type FlistSource, folderSource, imageSource } from '../../../release/flists/source.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { fileOf } from './context.ts';

/** What of the command line says what is packed. */
export interface SourceOptions {
  kernel?: string;
  firmware?: string | boolean;
  firmwareTag?: string;
  kernelConfig?: string;
  makefile?: string;
}

/** What is to be packed: out of a folder of this machine, or of an image. */
export async function publishRequest(
  context: Context,
  source: string,
  { options, flists, tag }: { options: SourceOptions; flists: Flists; tag: string | undefined },
): Promise<FlistRequest> {
  const opened = await openSource(context, source);
  const kernel = await kernelIn(opened.tree, options.kernel);
  const setting = options.firmware ?? flists.firmware;
  const folder = typeof setting === 'string' ? fileOf(context, setting) : undefined;
  const firmware = await firmwareFor(opened, setting === false ? false : folder);
  const named = options.firmwareTag ?? tag ?? firmwareTag(context.now());
  return {
    source: opened,
    kernels: [kernel],
    ...(firmware && { firmware: { ...firmware, tag: named } }),
    build: await buildFiles(context, options),
  };
}

async function openSource(context: Context, source: string): Promise<FlistSource> {
  const folder = fileOf(context, source);
  const stats = await stat(folder).catch(() => undefined);
  if (stats?.isDirectory()) return folderSource(folder);
  const options = { platform: 'linux/amd64' };
  const { reader, version } = openImageOf(source, context, {});
  const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), contents: 'tar' });
  return imageSource(tree);
}

async function buildFiles(
  context: Context,
  { kernelConfig, makefile }: SourceOptions,
): Promise<BuildFiles> {
  const read = async (file: string) => {
    const text = await readFile(fileOf(context, file), 'utf8').catch((cause: Error) => {
      throw new LockstepError('usage', `cannot read ${file}: ${cause.message}`, { cause });
    });
    return { file, text };
  };
  return {
    ...(kernelConfig != null && { config: await read(kernelConfig) }),
    ...(makefile != null && { makefile: await read(makefile) }),
  };
}
