import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';

/** A local file that cannot be taken; its message says why. */
export class LocalFileError extends Error {}

/** A larger file (bytes) no machine fetches at its first boot. */
const FILE_LIMIT = 64 << 20;
/** All of them together: a document of more nobody can handle. */
const TOTAL_LIMIT = 256 << 20;

/** One thing in a tree, named by its path from the tree. */
export interface TreeEntry {
  path: string;
  kind: 'directory' | 'file' | 'link' | 'other';
  executable: boolean;
}

/** The files directory: what a document embeds is in it, and nothing else is read. */
export class LocalFiles {
  readonly root: string;
  #read = 0;
  #real: string | undefined;
  /** Every file and folder that was looked for, absolute: what to watch. */
  readonly used = new Set<string>();

  constructor(root: string) {
    this.root = resolve(root);
  }

  /** The contents of a file. Links may lead to it, but not out of the directory. */
  read(path: string): Buffer {
    const full = this.#inside(path);
    this.used.add(full);
    return withReason(() => {
      const real = realpathSync.native(full);
      if (!isWithin(real, this.#realRoot()))
        throw new LocalFileError('a link leads out of the files directory');
      return this.#readReal(real);
    });
  }

  #realRoot(): string {
    this.#real ??= realpathSync.native(this.root);
    return this.#real;
  }

  #readReal(real: string): Buffer {
    const before = statSync(real);
    if (before.isDirectory()) throw new LocalFileError('this is a directory');
    if (!before.isFile()) throw new LocalFileError('this is no regular file');
    if (before.size > FILE_LIMIT)
      throw new LocalFileError(`the file is larger than ${FILE_LIMIT} bytes`);
    this.#read += before.size;
    if (this.#read > TOTAL_LIMIT)
      throw new LocalFileError(`all local files are larger than ${TOTAL_LIMIT} bytes`);
    const descriptor = openSync(
      real,
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
    try {
      return readWhole(descriptor, before);
    } finally {
      closeSync(descriptor);
    }
  }

  /** What is in a folder, and the folder itself first, each folder in the order of its names. */
  tree(path: string): TreeEntry[] {
    const full = this.#inside(path);
    this.used.add(full);
    return withReason(() => {
      if (!statSync(full).isDirectory()) throw new LocalFileError('a tree must be a directory');
      if (!isWithin(realpathSync.native(full), this.#realRoot()))
        throw new LocalFileError('a link leads out of the files directory');
      const entries = [...walk(full, '')];
      for (const { path: below, kind } of entries)
        if (kind === 'directory') this.used.add(join(full, below));
      return entries;
    });
  }

  /** Where a link in a tree leads. */
  link(path: string): string {
    return readlinkSync(this.#inside(path));
  }

  #inside(path: string): string {
    const full = join(this.root, path);
    if (!isWithin(full, this.root))
      throw new LocalFileError('the path leads out of the files directory');
    return full;
  }
}

function isWithin(path: string, root: string): boolean {
  const way = relative(root, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}

/** Reads what was looked at before; a file that changes meanwhile is no pinned input. */
function readWhole(descriptor: number, before: Stats): Buffer {
  const buffer = Buffer.alloc(before.size + 1);
  let length = 0;
  for (let count = -1; count !== 0 && length < buffer.length; length += count)
    count = readSync(descriptor, buffer, length, buffer.length - length, null);
  const after = fstatSync(descriptor);
  const same = after.ino === before.ino && after.mtimeMs === before.mtimeMs;
  if (!same || length !== before.size)
    throw new LocalFileError('the file changes while it is read');
  return buffer.subarray(0, length);
}

function* walk(root: string, path: string): Generator<TreeEntry> {
  const full = join(root, path);
  const found = lstatSync(full);
  // The folder itself may be a link to one.
  const stats = path === '' ? statSync(full) : found;
  const kind = kindOf(stats);
  yield { path, kind, executable: (stats.mode & 0o111) !== 0 };
  if (kind !== 'directory') return;
  const names = readdirSync(full).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  for (const name of names) yield* walk(root, join(path, name));
}

function kindOf(stats: Stats): TreeEntry['kind'] {
  if (stats.isDirectory()) return 'directory';
  if (stats.isSymbolicLink()) return 'link';
  return stats.isFile() ? 'file' : 'other';
}

const REASONS: Record<string, string> = {
  ENOENT: 'there is no such file',
  EACCES: 'the file may not be read',
  ELOOP: 'links lead round in a circle',
  ENOTDIR: 'what should be a directory on the way is none',
  ENAMETOOLONG: 'the name is too long',
};

function withReason<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof LocalFileError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new LocalFileError(REASONS[code ?? ''] ?? message);
  }
}
