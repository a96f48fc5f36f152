import { LockstepError } from '../system/error.ts';

/** What stands at one path of a tree. */
export interface TreeEntry {
  /** From the root, without a leading slash, with the links of parent folders resolved: `usr/lib/modules/…`. */
  path: string;
  /** Bytes of a file's content (a hard link has its target's); 0 for everything else. */
  size: number;
  /** Hard links count as `file`; devices, pipes and sockets as `other`. */
  type: 'file' | 'directory' | 'symlink' | 'other';
  /** What a symlink says, unresolved. */
  linkTarget?: string;
}

/** One file with its content. */
export interface TreeFile {
  path: string;
  content: Uint8Array;
}

/**
 * The files of an unpacked folder or of an image, seen as one root. Paths given may start with a
 * slash and may go through symlinks (`lib/modules` where `lib` points to `usr/lib`): links are
 * followed inside the tree and never lead out of it.
 */
export interface FileTree {
  /** How messages name it: `./rootfs`, `oci:store/debian-zfs:latest`. */
  readonly name: string;
  /** Everything below a folder, sorted by path, the folder itself left out; nothing if it is absent. */
  list(prefix: string): AsyncIterable<TreeEntry>;
  /** One file's content; throws `not-found` when there is none and `limit-exceeded` above 512 MiB. */
  read(path: string): Promise<Uint8Array>;
  /**
   * Many files in whatever order is cheapest, each once; absent ones are left out. The way to read
   * thousands of files from layers that can only be read from their beginning. Constant memory.
   */
  readMany(paths: ReadonlySet<string>): AsyncIterable<TreeFile>;
  /** Where a file lies on this machine, of trees that are folders; undefined when it is absent. */
  locate?(path: string): Promise<string | undefined>;
}

/** One file's content, or undefined when there is none. */
export async function readIfThere(tree: FileTree, path: string): Promise<Uint8Array | undefined> {
  try {
    return await tree.read(path);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'not-found') return undefined;
    throw error;
  }
}

/** The first of some files that is there. */
export async function firstThere(
  tree: FileTree,
  paths: readonly string[],
): Promise<Uint8Array | undefined> {
  for (const path of paths) {
    const content = await readIfThere(tree, path);
    if (content) return content;
  }
  return undefined;
}
