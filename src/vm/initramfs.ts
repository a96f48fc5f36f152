import { cpioEnd, cpioEntry } from '../file/cpio-write.ts';

/** What the guest's first program finds. */
export interface InitramfsContent {
  /** A statically linked busybox of the guest's architecture. */
  busybox: Uint8Array;
  /** The first program; a script for busybox's shell. */
  first: Uint8Array | string;
  /** Modules in the order of loading, decompressed. */
  modules: readonly { name: string; content: Uint8Array }[];
  /** Files that the guest finds under `/run/lockstep`, by name. */
  files: Readonly<Record<string, Uint8Array | string>>;
}

const FOLDERS = ['proc', 'sys', 'dev', 'lower', 'upper', 'root', 'lockstep', 'lockstep/modules'];
const FOLDER = 0o040755;
const PROGRAM = 0o100755;

/** The initramfs as an uncompressed cpio archive: unpacking that costs the guest least. */
export function makeInitramfs(content: InitramfsContent): Buffer {
  let inode = 1;
  const entry = (path: string, mode: number, body: Uint8Array | string = '') =>
    cpioEntry({ path, mode, inode: inode++ }, body);
  const console = { path: 'dev/console', mode: 0o020600, device: [5, 1] as const };
  return Buffer.concat([
    ...[...FOLDERS, 'lockstep/files'].map((path) => entry(path, FOLDER)),
    cpioEntry({ ...console, inode: inode++ }),
    entry('lockstep/busybox', PROGRAM, content.busybox),
    entry('init', PROGRAM, content.first),
    ...content.modules.map(({ name, content: module }, index) =>
      entry(`lockstep/modules/${String(index).padStart(2, '0')}-${name}.ko`, 0o100644, module),
    ),
    ...Object.entries(content.files).map(([name, body]) =>
      entry(`lockstep/files/${name}`, 0o100644, body),
    ),
    cpioEnd(),
  ]);
}
