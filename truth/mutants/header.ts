import { HEADER, patched, patched16, patched64 } from './elf.ts';
import type { Variation } from './variation.ts';

function header(name: string, change: (module: Buffer) => Buffer, of = 'plain'): Variation {
  return { name, of, change };
}

function cut(name: string, length: (module: Buffer) => number): Variation {
  return header(`cut ${name}`, (module) => module.subarray(0, Math.max(0, length(module))));
}

const tableOf = (module: Buffer) => Number(module.readBigUInt64LE(HEADER.shoff));

const field16 = (name: string, at: number, value: number) =>
  header(`${name} ${value}`, (module) => patched16(module, at, value));
const field8 = (name: string, at: number, value: number) =>
  header(`${name} ${value}`, (module) => patched(module, at, [value]));

export const HEADER_VARIATIONS: readonly Variation[] = [
  field16('machine', HEADER.machine, 3),
  field16('machine', HEADER.machine, 183),
  field16('machine', HEADER.machine, 0),
  field8('ELF class', HEADER.class, 1),
  field8('ELF class', HEADER.class, 0),
  field8('byte order', HEADER.data, 2),
  field8('byte order', HEADER.data, 0),
  field8('ELF version in the identification', HEADER.version, 0),
  field8('OS ABI', HEADER.osabi, 3),
  field16('ELF type', HEADER.type, 0),
  field16('ELF type', HEADER.type, 2),
  field16('ELF type', HEADER.type, 3),
  field16('ELF type', HEADER.type, 4),
  field16('ELF version', HEADER.version2, 9),
  field16('size of the ELF header', HEADER.ehsize, 0),
  field16('ELF flags', HEADER.flags, 1),
  field16('number of program headers', HEADER.phnum, 7),
  field16('size of a section header', HEADER.shentsize, 0),
  field16('size of a section header', HEADER.shentsize, 40),
  field16('size of a section header', HEADER.shentsize, 65),
  field16('number of sections', HEADER.shnum, 0),
  field16('number of sections', HEADER.shnum, 1),
  field16('number of sections', HEADER.shnum, 0xffff),
  header('one section fewer', (module) =>
    patched16(module, HEADER.shnum, module.readUInt16LE(HEADER.shnum) - 1),
  ),
  header('one section more', (module) =>
    patched16(module, HEADER.shnum, module.readUInt16LE(HEADER.shnum) + 1),
  ),
  field16('section of the section names', HEADER.shstrndx, 0),
  field16('section of the section names', HEADER.shstrndx, 1),
  field16('section of the section names', HEADER.shstrndx, 0xfff1),
  field16('section of the section names', HEADER.shstrndx, 0xffff),
  header('section table at 0', (module) => patched64(module, HEADER.shoff, 0n)),
  header('section table behind the end', (module) =>
    patched64(module, HEADER.shoff, BigInt(module.length)),
  ),
  header('section table far away', (module) => patched64(module, HEADER.shoff, 1n << 40n)),
  header('section table at the last number', (module) => patched64(module, HEADER.shoff, -1n)),
  header('section table moved by 64', (module) =>
    patched64(module, HEADER.shoff, BigInt(tableOf(module) + 64)),
  ),
  header('no magic', (module) => patched(module, 0, [0x7e])),
  header('all zero', (module) => Buffer.alloc(module.length)),
  header('a text', () => Buffer.from('not a module\n'.repeat(20))),
  header('zero bytes after the end', (module) => Buffer.concat([module, Buffer.alloc(100)])),
  header('a text after the end', (module) => Buffer.concat([module, Buffer.from('the end')])),
  cut('to nothing', () => 0),
  cut('to 1 byte', () => 1),
  cut('to 63 bytes', () => 63),
  cut('to the ELF header', () => 64),
  cut('to half', (module) => module.length >> 1),
  cut('before the section table', (module) => tableOf(module)),
  cut('inside the section table', (module) => tableOf(module) + 100),
  cut('by one section header', (module) => module.length - 64),
  cut('by one byte', (module) => module.length - 1),
];
