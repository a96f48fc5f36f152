import type { BlockName } from '../block/codec.ts';
import type { Route } from '../store/route.ts';

/** One file, folder, link or special file of a manifest: a row of `inode` with its target. */
export interface Inode {
  ino: number;
  /** 0 for the root. */
  parent: number;
  name: string;
  size: number;
  uid: number;
  gid: number;
  /** `st_mode` whole, with the type. */
  mode: number;
  rdev: number;
  /** Seconds. */
  ctime: number;
  mtime: number;
  /** Of a symbolic link: its bytes. */
  target?: Uint8Array;
}

/** Everything that a manifest says. */
export interface Manifest {
  inodes: readonly Inode[];
  /** Blocks of each file in their order, by its number. */
  blocks: ReadonlyMap<number, readonly BlockName[]>;
  tags: Readonly<Record<string, string>>;
  routes: readonly Route[];
}

/** The number of the root (rfs begins its walk there). */
export const ROOT_INO = 1;

/** Type bits of a mode. */
export const KINDS = {
  file: 0o100000,
  directory: 0o040000,
  symlink: 0o120000,
  char: 0o020000,
  block: 0o060000,
  fifo: 0o010000,
  socket: 0o140000,
} as const;

export type InodeType = keyof typeof KINDS;

const NAMES = new Map(Object.entries(KINDS).map(([name, bits]) => [bits, name as InodeType]));
/** Those bits of a mode that tell its type. */
export const FORMAT = 0o170000;

/** What an inode is by its mode; undefined for a mode that no file has. */
export function typeOf(mode: number): InodeType | undefined {
  return NAMES.get((mode & FORMAT) as (typeof KINDS)[InodeType]);
}

/** Every value that the type bits of a mode may have. */
export const TYPE_BITS: readonly number[] = Object.values(KINDS);

/** Permissions with set-id and sticky bits. */
export function permissionsOf(mode: number): number {
  return mode & 0o7777;
}

/** True for devices, pipes and sockets. */
export function isSpecial(mode: number): boolean {
  return ['char', 'block', 'fifo', 'socket'].includes(typeOf(mode) ?? '');
}

/** Numbers of a device as Linux packs them (glibc: sys/sysmacros.h). */
export function deviceOf(rdev: number): { major: number; minor: number } {
  const packed = BigInt(rdev);
  const major = ((packed >> 8n) & 0xfffn) | ((packed >> 32n) & 0xfffff000n);
  const minor = (packed & 0xffn) | ((packed >> 12n) & 0xffffff00n);
  return { major: Number(major), minor: Number(minor) };
}
