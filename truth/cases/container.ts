import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { runOk } from '../../src/system/process.ts';
import { temporaryFolder } from '../../src/system/temporary.ts';
import { withValue } from '../mutants/modinfo.ts';
import { memberOf } from '../mutants/variation.ts';
import type { Case, Subject } from './case.ts';

type Compress = (bytes: Buffer) => Promise<Buffer>;

/**
 * The two compressions that Debian's kmod knows (it is built without zlib). Kernels decompress xz
 * themselves since 6.2 when kmod asks for it, and know no other check than CRC32.
 */
const COMPRESSIONS: readonly (readonly [string, Compress])[] = [
  ['xz', xz],
  ['zst', async (bytes) => zstdCompressSync(bytes)],
];

/** Compressed modules, whole and damaged, as kmod loads them. */
export async function containerCases(subject: Subject): Promise<Case[]> {
  const plain = memberOf(subject.family, 'plain');
  const cases = await Promise.all(
    COMPRESSIONS.map(([ending, compress]) => casesOf(plain, ending, compress)),
  );
  return cases.flat();
}

async function casesOf(plain: Buffer, ending: string, compress: Compress): Promise<Case[]> {
  const whole = await compress(plain);
  const damaged = Buffer.from(whole);
  damaged.writeUInt8(damaged.readUInt8(whole.length >> 1) ^ 0xff, whole.length >> 1);
  const contents: Record<string, Buffer> = {
    whole,
    'of a module that is refused': await compress(withValue(plain, 'vermagic', 'of no kernel ')),
    'cut to half': whole.subarray(0, whole.length >> 1),
    'cut by one byte': whole.subarray(0, -1),
    'damaged in the middle': damaged,
    empty: Buffer.alloc(0),
    'not compressed': plain,
  };
  return Object.entries(contents).map(([name, module]) => ({
    heading: 'compression',
    name: `plain: ${ending}, ${name}`,
    file: `plain.ko.${ending}`,
    module,
    before: [],
    how: 'kmod',
    sealed: true,
  }));
}

async function xz(bytes: Buffer): Promise<Buffer> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'module');
  await writeFile(file, bytes);
  await runOk('xz', ['--check=crc32', '--lzma2=dict=1MiB', file]);
  return await readFile(`${file}.xz`);
}
