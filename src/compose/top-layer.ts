import type { Buildah } from '../container/buildah.ts';
import { type LocalImage, runInImage } from '../container/run-in-image.ts';
import type { TarMember } from '../file/tar/write.ts';

/** A text file of an image, by its path from the root. */
export interface TopFile {
  path: string;
  text: string;
}

/** Files that follow from one file of what lies below them. */
export interface TopLayer {
  path: string;
  /** Told what is at `path`; undefined where there is nothing. */
  files: (there: Uint8Array | undefined) => readonly TopFile[];
}

/** The files of a layer that comes on top of an image; nothing of the image is changed. */
export async function topFiles(
  buildah: Buildah,
  image: LocalImage,
  { path, files }: TopLayer,
): Promise<readonly TopFile[]> {
  const command = ['sh', '-c', 'test ! -e "$0" || base64 < "$0"', `/${path}`];
  const content = await runInImage(buildah, image, command);
  return files(content === '' ? undefined : Buffer.from(content, 'base64'));
}

/** Entries of a layer: files with the folders that they lie in, but those of the root. */
export function membersOf(files: readonly TopFile[]): TarMember[] {
  const folders = files.flatMap(({ path }) => {
    const parts = path.split('/').slice(0, -1);
    return parts.map((_, at) => parts.slice(0, at + 1).join('/')).slice(1);
  });
  return [
    ...[...new Set(folders)].sort().map((path): TarMember => {
      return { header: { path, type: 'directory' } };
    }),
    ...files.map(({ path, text }) => ({ header: { path }, body: text })),
  ];
}
