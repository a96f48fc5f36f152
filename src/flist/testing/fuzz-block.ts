import { createCipheriv } from 'node:crypto';
import { createBLAKE2b } from 'hash-wasm';
import { compressSync } from 'snappy';
import { mutated, oneOf, type Random } from '../../system/testing/fuzz.ts';
import { BLOCK_SIZE, openBlockCodec } from '../block/codec.ts';

const codec = await openBlockCodec();
const hasher = await createBLAKE2b(256);
const hash = (bytes: Uint8Array): Uint8Array => hasher.init().update(bytes).digest('binary');

const CONTENTS: readonly [Uint8Array, ...Uint8Array[]] = [
  new Uint8Array(0),
  Buffer.from('content'),
  Buffer.alloc(5000, 'a pattern that is compressed'),
  Buffer.alloc(BLOCK_SIZE, 7),
];

/**
 * Damages what is stored, or the compressed bytes inside of it while id and cipher stay right, or
 * the names. Returns what is wrong with the answer.
 */
export function tryBlock(random: Random): string | undefined {
  const content = oneOf(random, CONTENTS);
  const way = random(3);
  const { id, key, stored } = way === 0 ? sealed(content, random) : codec.encode(content);
  const bytes = way === 1 ? mutated(stored, random) : stored;
  const names = way === 2 ? { id, key: mutated(key, random) } : { id, key };
  const name = random(3) === 0 ? { ...names, id: hash(bytes) } : names;
  const size = oneOf(random, [undefined, content.length, random(BLOCK_SIZE)]);
  const found = codec.decode(bytes, name, size);
  if ('fault' in found) return undefined;
  const isRight = Buffer.compare(hash(found.content), name.key) === 0;
  return isRight && (size == null || found.content.length === size)
    ? undefined
    : 'a block was given that is not what its name says';
}

/** A block whose id is right and which decrypts, to compressed bytes that are damaged. */
function sealed(
  content: Uint8Array,
  random: Random,
): { id: Uint8Array; key: Uint8Array; stored: Uint8Array } {
  const key = hash(content);
  const cipher = createCipheriv('aes-256-gcm', key, key.subarray(0, 12));
  const inside = cipher.update(lengthened(mutated(compressSync(content), random), random));
  cipher.final();
  const stored = Buffer.concat([inside, cipher.getAuthTag()]);
  return { id: hash(stored), key, stored };
}

/** Sometimes one that says it holds four gigabytes. */
function lengthened(compressed: Uint8Array, random: Random): Uint8Array {
  return random(4) === 0
    ? Buffer.concat([Buffer.from('ffffffff0f', 'hex'), compressed])
    : compressed;
}
