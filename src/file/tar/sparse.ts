import type { ByteSource } from '../byte-source.ts';
import { BLOCK, invalid, number } from './header.ts';
import type { PaxRecords } from './pax.ts';

/** A run of bytes that is stored; between runs there are holes. */
export interface SparseRun {
  offset: number;
  size: number;
}

export interface SparseMap {
  /** Size of the file with its holes. */
  size: number;
  runs: SparseRun[];
  /** Bytes of the stored content that the map itself took (format 1.0). */
  mapSize: number;
}

const MOST_RUNS = 1 << 20;
const ZEROS = Buffer.alloc(1 << 16);

/** The map of an old GNU sparse file, type `S` (GNU tar manual, "Old GNU Format"). */
export async function readOldSparse(block: Buffer, source: ByteSource): Promise<SparseMap> {
  const offset = source.offset - BLOCK;
  const size = number(block, 483, 12, offset);
  const runs = oldRuns(block, 386, 4, offset);
  let more = block[482] !== 0;
  while (more) {
    const next = await source.take(BLOCK);
    if (!next) throw invalid(`sparse map ends in the middle, at byte ${source.offset}`, offset);
    runs.push(...oldRuns(next, 0, 21, offset));
    more = next[504] !== 0;
    if (runs.length > MOST_RUNS) throw invalid('sparse map has too many runs', offset);
  }
  return checked({ size, runs, mapSize: 0 }, offset);
}

/** The map that PAX records speak of (formats 0.0, 0.1 and 1.0); undefined when they speak of none. */
export async function readPaxSparse(
  records: PaxRecords,
  source: ByteSource,
): Promise<SparseMap | undefined> {
  const { offset } = source;
  const realSize = records.get('GNU.sparse.realsize') ?? records.get('GNU.sparse.size');
  if (!realSize) return undefined;
  const size = decimal(realSize.toString('latin1'), offset);
  if (records.get('GNU.sparse.major')?.toString('latin1') === '1') {
    const { numbers, length } = await mapInContent(source);
    return checked({ size, runs: pairs(numbers, offset), mapSize: length }, offset);
  }
  const map = records.get('GNU.sparse.map')?.toString('latin1') ?? '';
  const numbers = map === '' ? [] : map.split(',').map((digits) => decimal(digits, offset));
  return checked({ size, runs: pairs(numbers, offset), mapSize: 0 }, offset);
}

/** The content with its holes filled in. */
export async function* expand(
  map: SparseMap,
  stored: (length: number) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for (const run of map.runs) {
    yield* zeros(run.offset - at);
    yield* stored(run.size);
    at = run.offset + run.size;
  }
  yield* zeros(map.size - at);
}

function* zeros(length: number): Generator<Uint8Array> {
  for (let left = length; left > 0; left -= ZEROS.length) {
    yield left < ZEROS.length ? ZEROS.subarray(0, left) : ZEROS;
  }
}

function oldRuns(block: Buffer, start: number, count: number, offset: number): SparseRun[] {
  const runs: SparseRun[] = [];
  for (let at = start; at < start + count * 24 && block[at] !== 0; at += 24) {
    runs.push({ offset: number(block, at, 12, offset), size: number(block, at + 12, 12, offset) });
  }
  return runs;
}

/** Format 1.0: the count of runs, then offset and size of each, a line each, padded to a block. */
async function mapInContent(source: ByteSource): Promise<{ numbers: number[]; length: number }> {
  const { offset } = source;
  let text = '';
  let numbers: number[] = [];
  for (;;) {
    const block = await source.take(BLOCK);
    if (!block) throw invalid(`sparse map ends in the middle, at byte ${source.offset}`, offset);
    text += block.toString('latin1').replace(/\0+$/, '');
    const lines = text.split('\n');
    const count = decimal(lines[0] ?? '', offset);
    if (count > MOST_RUNS) throw invalid('sparse map has too many runs', offset);
    if (lines.length - 1 < 1 + 2 * count) continue;
    numbers = lines.slice(1, 1 + 2 * count).map((digits) => decimal(digits, offset));
    return { numbers, length: source.offset - offset };
  }
}

function decimal(digits: string, offset: number): number {
  const value = Number(digits);
  if (/^\d{1,16}$/.test(digits) && Number.isSafeInteger(value)) return value;
  throw invalid(`bad number in sparse map at byte ${offset}`, offset);
}

function pairs(numbers: readonly number[], offset: number): SparseRun[] {
  if (numbers.length % 2 !== 0) throw invalid(`odd sparse map at byte ${offset}`, offset);
  const runs: SparseRun[] = [];
  for (let at = 0; at < numbers.length; at += 2) {
    runs.push({ offset: numbers[at] ?? 0, size: numbers[at + 1] ?? 0 });
  }
  return runs;
}

function checked(map: SparseMap, offset: number): SparseMap {
  let at = 0;
  for (const run of map.runs) {
    if (run.offset < at || run.size < 0) throw invalid(`bad sparse map at byte ${offset}`, offset);
    at = run.offset + run.size;
  }
  if (at > map.size) throw invalid(`sparse map is longer than its file at byte ${offset}`, offset);
  return map;
}
