import { glob, readFile } from 'node:fs/promises';
import { requireUnits, UNIT_FOLDERS, type UnitSource } from '../../compose/units.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import { readDeb } from '../../package/deb.ts';
import { readRpm } from '../../package/rpm.ts';
import { readRpmHead } from '../../package/rpm-file.ts';
import type { Digest } from '../../system/digest.ts';
import type { RunContext } from '../context/run-context.ts';
import type { BuiltKmods } from '../record/kmods.ts';

/** What an image is going to be made of. */
export interface ImageParts {
  /** Of the stored base. */
  base: Digest;
  kmods: readonly BuiltKmods[];
  /** Files of the packages that come on top. */
  packages: readonly { name: string; path: string }[];
  overlay: string | undefined;
}

/**
 * Throws `config` when a unit of `image.enable` is in no part of the image. What lies here is
 * looked at first, the base last: its layers have to be read for it.
 */
export function requireEnabled(context: RunContext, parts: ImageParts): Promise<void> {
  const { overlay, packages, kmods, base } = parts;
  return requireUnits(context.stream.image.enable, [
    () => filesBelow(overlay),
    ...packages.map(
      ({ path }): UnitSource =>
        () =>
          filesOfPackage(path),
    ),
    ...kmods.map(
      (one): UnitSource =>
        () =>
          filesOfKmods(context, one),
    ),
    () => filesOfBase(context, base),
  ]);
}

async function* filesBelow(folder: string | undefined): AsyncGenerator<string> {
  if (folder == null) return;
  const patterns = UNIT_FOLDERS.map((one) => `${one}/*`);
  yield* glob(patterns, { cwd: folder });
}

async function* filesOfPackage(path: string): AsyncGenerator<string> {
  const isDeb = path.endsWith('.deb');
  const { files } = isDeb ? await readDeb(await readFile(path)) : readRpm(await readRpmHead(path));
  for (const file of files) yield file.path;
}

async function* filesOfKmods(
  { ends }: RunContext,
  { descriptor }: BuiltKmods,
): AsyncGenerator<string> {
  const tree = await openImageTree(ends.kmods, descriptor.digest, { contents: 'tar' });
  const packages = new Set<string>();
  for await (const { path } of tree.list('')) {
    if (/^[^/]+\.(?:deb|rpm)$/.test(path)) packages.add(path);
  }
  for await (const { path, content } of tree.readMany(packages)) {
    const { files } = path.endsWith('.deb') ? await readDeb(content) : readRpm(content);
    for (const file of files) yield file.path;
  }
}

async function* filesOfBase({ ends }: RunContext, base: Digest): AsyncGenerator<string> {
  const tree = await openImageTree(ends.image, base, { contents: 'tar' });
  for (const folder of UNIT_FOLDERS) {
    for await (const { path } of tree.list(folder)) yield path;
  }
}
