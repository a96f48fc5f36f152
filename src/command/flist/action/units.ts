import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type BootFile, bootFiles, type InitSystem } from '../../../flist/boot/units.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { fileOf } from '../shared/context.ts';

interface UnitsOptions extends CommonOptions {
  init: InitSystem;
  output: string;
  folder: string;
  wait: number;
}

export async function units(options: UnitsOptions): Promise<void> {
  const context = contextOf(options);
  const files = bootFiles(options.init, { folder: options.folder, wait: options.wait });
  for (const file of files) await lay(fileOf(context, options.output), file);
  const paths = files.map(({ path }) => path);
  if (options.json) return printJson(context, { output: options.output, files: paths });
  for (const path of paths) context.stdout.write(`${path}\n`);
}

async function lay(root: string, { path, mode, text, isLink }: BootFile): Promise<void> {
  const place = join(root, path);
  await mkdir(dirname(place), { recursive: true });
  await rm(place, { force: true });
  if (isLink) return symlink(text, place);
  await writeFile(place, text);
  await chmod(place, mode);
}
