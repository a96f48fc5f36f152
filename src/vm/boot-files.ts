import { decompressBytes } from '../file/compression/compression.ts';
import type { FileTree } from '../file/tree.ts';
import { isUnifiedImage } from '../kernel/image/installed.ts';
import { unifiedSection } from '../kernel/image/unified.ts';
import { moduleName } from '../kernel/module/name.ts';
import { readUnifiedImage } from '../oci/evidence/unified.ts';
import { LockstepError } from '../system/error.ts';

/** What is taken out of an image to start it. */
export interface BootFiles {
  /** The kernel image: `vmlinuz`, or `.linux` of a unified kernel image. */
  kernelImage: Uint8Array;
  /** The modules that lead to the root disk, decompressed, in the order of loading. */
  modules: { name: string; content: Uint8Array }[];
}

/** Drivers without which the guest reaches neither its disk nor us. */
const NEEDED = ['virtio_pci', 'virtio_blk', 'virtio_console', 'squashfs', 'overlay'];

const LARGEST_MODULE = 256 * 2 ** 20;

/** Where modules stand: below `/usr` unless the image still has a `/lib` of its own. */
const PLACES = ['usr/lib/modules', 'lib/modules'];

const BOOT_FILES = [
  /^(?:usr\/)?lib\/modules\/[^/]+\/(?:vmlinuz|[^/]+\.efi|modules\.(?:dep|builtin))$/,
  /^boot\/vmlinuz-[^/]+$/,
  /^(?:usr\/)?lib\/modules\/.*\/(?:virtio(?:_(?:ring|pci\w*|blk|console))?|squashfs|overlay)\.ko(?:\.\w+)?$/,
];

/** True for paths of an image that its boot will most likely need, whatever its kernel. */
export function isBootFile(path: string): boolean {
  return isUnifiedImage(path) || BOOT_FILES.some((pattern) => pattern.test(path));
}

/**
 * Takes a kernel and the modules that a guest needs out of an image. Throws `not-found` when the
 * image has no such kernel, and `unsupported` naming a driver that it lacks.
 */
export async function readBootFiles(tree: FileTree, kernel: string): Promise<BootFiles> {
  const images = [...PLACES.map((place) => `${place}/${kernel}/vmlinuz`), `boot/vmlinuz-${kernel}`];
  const indexes = PLACES.map((place) => `${place}/${kernel}/modules.dep`);
  const builtins = PLACES.map((place) => `${place}/${kernel}/modules.builtin`);
  const files = new Map<string, Uint8Array>();
  for await (const file of tree.readMany(new Set([...images, ...indexes, ...builtins]))) {
    files.set(file.path, file.content);
  }
  const index = indexes.find((path) => files.has(path));
  const plain = images.map((path) => files.get(path)).find(Boolean);
  const kernelImage = plain ?? (await unifiedKernel(tree, kernel, index));
  if (!kernelImage || index === undefined) throw lacking(tree, kernel, kernelImage !== undefined);
  const builtin = builtins.map((path) => text(files.get(path))).join('\n');
  const folder = index.slice(0, -'/modules.dep'.length);
  const order = loadOrder(text(files.get(index)), builtin);
  return { kernelImage, modules: await readModules(tree, folder, order) };
}

/** The kernel of a unified image, which firmware starts; QEMU starts a kernel alone. */
async function unifiedKernel(
  tree: FileTree,
  release: string,
  index: string | undefined,
): Promise<Uint8Array | undefined> {
  const folder = (index ?? `${PLACES[0]}/${release}/modules.dep`).slice(0, -'/modules.dep'.length);
  const others = new Map<string, unknown>();
  for await (const { path } of tree.list(folder)) others.set(path.slice(folder.length + 1), path);
  const image = await readUnifiedImage(tree, { release, folder, others });
  return image && unifiedSection(image, '.linux');
}

function lacking(tree: FileTree, kernel: string, hasImage: boolean): LockstepError {
  const place = `usr/lib/modules/${kernel}`;
  const missing = hasImage
    ? `${place}/modules.dep`
    : `${place}/vmlinuz, no boot/vmlinuz-${kernel} and no unified image of it`;
  return new LockstepError('not-found', `${tree.name} has no ${missing}`, {
    context: { kernel },
    hint: hasImage ? `run depmod -a ${kernel} when the image is made` : undefined,
  });
}

/** Paths of the modules that the guest needs, dependencies first, from the indexes of depmod. */
export function loadOrder(dependencies: string, builtin: string): string[] {
  const known = new Map<string, string[]>();
  for (const line of dependencies.split('\n')) {
    const [path, ...needs] = line.replace(':', ' ').split(' ').filter(Boolean);
    if (path) known.set(moduleName(path), [path, ...needs]);
  }
  const inKernel = new Set(builtin.split('\n').filter(Boolean).map(moduleName));
  const missing = NEEDED.filter((name) => !known.has(name) && !inKernel.has(name));
  if (missing.length > 0) {
    throw new LockstepError('unsupported', `the kernel has no driver ${missing.join(', ')}`, {
      hint: 'the boot gate needs these as modules or built in',
    });
  }
  const wanted = NEEDED.flatMap((name) => known.get(name)?.toReversed() ?? []);
  return [...new Set(wanted)];
}

async function readModules(
  tree: FileTree,
  folder: string,
  order: readonly string[],
): Promise<BootFiles['modules']> {
  const contents = new Map<string, Uint8Array>();
  for await (const file of tree.readMany(new Set(order.map((path) => `${folder}/${path}`)))) {
    contents.set(moduleName(file.path), decompressBytes(file.content, LARGEST_MODULE));
  }
  return order.map((path) => {
    const name = moduleName(path);
    const content = contents.get(name);
    if (content) return { name, content };
    throw new LockstepError('not-found', `${tree.name} lacks ${folder}/${path}`, {
      hint: 'its modules.dep names a file that is not there',
    });
  });
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('utf8');
}
