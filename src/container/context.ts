import { copyFile, cp, link, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface BuildContext {
  /** The recipe, as written by `debianContainerfile`. */
  containerfile: string;
  /** Folder that keeps the recipe for people to read, and that the recipe copies from. */
  folder: string;
  /** Files of packages that the recipe installs from `packages/`. */
  packages: { name: string; path: string }[];
  /** Folder that the recipe lays over the root from `overlay/`. */
  overlay?: string;
  /** Certificate (DER) that the recipe puts into the image from `certificate.der`. */
  certificate?: Uint8Array;
  /** Layouts that the recipe takes images from, by the name of a link beside it. */
  layouts: { name: string; path: string }[];
}

/** Writes recipe and context anew. */
export async function writeContext(context: BuildContext): Promise<void> {
  const { folder, overlay } = context;
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'Containerfile'), context.containerfile);
  if (context.certificate) {
    await writeFile(join(folder, 'certificate.der'), context.certificate);
  }
  await placeFiles(context.packages, join(folder, 'packages'));
  for (const { name, path } of context.layouts) {
    await rm(join(folder, name), { force: true });
    await symlink(path, join(folder, name));
  }
  await rm(join(folder, 'overlay'), { recursive: true, force: true });
  if (overlay) {
    await cp(overlay, join(folder, 'overlay'), { recursive: true, verbatimSymlinks: true });
  }
}

/** Fills a folder with files of other names: hard links where possible, copies elsewhere. */
export async function placeFiles(
  files: readonly { name: string; path: string }[],
  folder: string,
): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  for (const { name, path } of files) {
    const target = join(folder, name);
    await link(path, target).catch(() => copyFile(path, target));
  }
}
