import { decompressAside } from '../../../file/compression/compression.ts';
import { type FileTree, firstThere } from '../../../file/tree.ts';
import { type Elf, readElf } from '../../../kernel/elf/elf.ts';
import { unpackKernelImage } from '../../../kernel/image/image.ts';
import { readUnifiedImage } from '../../../oci/evidence/unified.ts';
import { LockstepError } from '../../../system/error.ts';
import type { KernelFiles } from '../kernel/files.ts';

const LIMIT = 1 << 30;

/** A kernel image that was found, and the `vmlinux` in it where it can be read. */
export interface FoundImage {
  vmlinux: Elf | undefined;
  /** Gives the memory of the `vmlinux` back, of which nothing is read any more. */
  release(): void;
}

/**
 * Reads the image that has the name of a kernel, unpacking it beside other work; undefined when
 * there is none of its name.
 */
export async function readNamedImage(
  tree: FileTree,
  { folder, release }: Pick<KernelFiles, 'folder' | 'release'>,
): Promise<FoundImage | undefined> {
  const packed = await firstThere(tree, [
    `${folder}/vmlinuz`,
    `boot/vmlinuz-${release}`,
    `usr/lib/ostree-boot/vmlinuz-${release}`,
    `${folder}/vmlinux`,
    `boot/vmlinux-${release}`,
    `${folder}/Image`,
  ]);
  return packed && unpacked(packed);
}

/** The image of a kernel: the one that has its name (`named`), else a unified one. */
export async function readImage(
  tree: FileTree,
  files: KernelFiles,
  named: Promise<FoundImage | undefined> = readNamedImage(tree, files),
): Promise<FoundImage | undefined> {
  const found = await named;
  if (found) return found;
  const unified = await readUnifiedImage(tree, files);
  return unified && unpacked(unified);
}

async function unpacked(image: Uint8Array): Promise<FoundImage> {
  const vmlinux = await vmlinuxIn(image);
  return {
    vmlinux,
    release: () => {
      // What was not compressed is the tree's.
      if (vmlinux && vmlinux.bytes.buffer !== image.buffer) freeAtOnce(vmlinux.bytes);
    },
  };
}

async function vmlinuxIn(image: Uint8Array): Promise<Elf | undefined> {
  const unpack = (bytes: Uint8Array, expected?: number) =>
    decompressAside(bytes, LIMIT, expected == null ? {} : { expected });
  try {
    return readElf(await unpackKernelImage(image, unpack));
  } catch (error) {
    if (error instanceof LockstepError) return undefined;
    throw error;
  }
}

/** The collector, which sees only how small a view is, may come long after it is needed. */
function freeAtOnce({ buffer }: Uint8Array): void {
  // Smaller ones share theirs with others.
  if (buffer instanceof ArrayBuffer && buffer.byteLength > Buffer.poolSize) buffer.transfer(0);
}
