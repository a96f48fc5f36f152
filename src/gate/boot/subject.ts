import { openDirectoryTree } from '../../file/directory-tree.ts';
import type { FileTree } from '../../file/tree.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader } from '../../oci/repository.ts';
import { openTarImage } from '../../oci/tar-image.ts';
import type { OpenImageOptions } from '../../oci/tree/image.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';
import { type Guarded, lastLines, startGuarded } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { isBootFile } from '../../vm/boot-files.ts';
import { findKernels } from '../abi/kernel/files.ts';

/** What is to be booted: its files by name, and all of them as one tar stream. */
export interface BootSubject {
  tree: FileTree;
  rootTar(): AsyncIterable<Uint8Array>;
}

/** An image of a repository. */
export async function imageSubject(
  reader: Reader,
  reference: string | Descriptor,
  options: OpenImageOptions = {},
): Promise<BootSubject> {
  const tree = await openImageTree(reader, reference, { keep: isBootFile, ...options });
  return { tree, rootTar: () => tree.archive() };
}

/** A tar archive of a root, compressed or not. */
export async function tarSubject(path: string): Promise<BootSubject> {
  const { reader, descriptor } = await openTarImage(path);
  return imageSubject(reader, descriptor);
}

export interface FolderSubjectOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** An unpacked root, whose files this user must be able to read. */
export function folderSubject(path: string, options: FolderSubjectOptions): BootSubject {
  return { tree: openDirectoryTree(path), rootTar: () => archiveOf(path, options) };
}

/**
 * The kernel release to boot: the one asked for, else the only one that there is. Throws
 * `not-found` when there is none, and `usage` when there are several.
 */
export async function chooseKernel(tree: FileTree, asked?: string): Promise<string> {
  const releases = (await findKernels(tree)).map(({ release }) => release);
  const [first] = releases;
  if (asked === undefined && first !== undefined && releases.length === 1) return first;
  if (asked !== undefined && releases.includes(asked)) return asked;
  if (first === undefined) {
    throw new LockstepError('not-found', `${tree.name} has no kernel under /usr/lib/modules`);
  }
  const hint = `it has ${releases.join(', ')}`;
  if (asked !== undefined) {
    throw new LockstepError('not-found', `${tree.name} has no kernel ${asked}`, { hint });
  }
  const message = `${tree.name} has more than one kernel; say which with --kernel`;
  throw new LockstepError('usage', message, { hint });
}

async function* archiveOf(path: string, options: FolderSubjectOptions): AsyncGenerator<Uint8Array> {
  options.signal?.throwIfAborted();
  const tar = requireProgram('tar', options.env);
  const words = ['--create', '--numeric-owner', '--xattrs', '--one-file-system', '.'];
  const guarded = startGuarded(tar, ['--directory', path, ...words], { env: options.env });
  const said = errorsOf(guarded);
  guarded.stdin.end();
  try {
    yield* guarded.stdout as AsyncIterable<Uint8Array>;
    const status = await guarded.exited;
    if (status === 0) return;
    throw new LockstepError('program-failed', `tar of ${path}: ${lastLines(await said, 4)}`, {
      context: { path, status },
      hint: 'every file of the root must be readable: try as root',
    });
  } finally {
    guarded.kill();
  }
}

async function errorsOf(guarded: Guarded): Promise<string> {
  let text = '';
  for await (const chunk of guarded.stderr) text = (text + String(chunk)).slice(-8192);
  return text;
}
