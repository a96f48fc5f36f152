import { createCipheriv, createDecipheriv } from 'node:crypto';
import { createBLAKE2b } from 'hash-wasm';
import { compressSync, uncompressSync } from 'snappy';

/** Bytes of every block of a file but its last one, which may be shorter (rfs: `BLOB_SIZE`). */
export const BLOCK_SIZE: number = 512 << 10;
/** What a block of that size may take in a store: snappy's worst case and the tag of the cipher. */
export const STORED_LIMIT: number = 32 + BLOCK_SIZE + Math.floor(BLOCK_SIZE / 6) + 16;
const TAG = 16;

/** How a manifest names one block: under what it is stored, and what opens it. */
export interface BlockName {
  /** BLAKE2b-256 of what is stored, 32 bytes. */
  id: Uint8Array;
  /** BLAKE2b-256 of the content, 32 bytes. */
  key: Uint8Array;
}

export interface EncodedBlock extends BlockName {
  /** What is stored: the compressed content, encrypted, and the tag of the cipher. */
  stored: Uint8Array;
}

/** What is wrong with a stored block. */
export interface BlockFault {
  rule: 'block-damaged' | 'block-key' | 'block-size';
  message: string;
}

export type DecodedBlock = { content: Uint8Array } | { fault: BlockFault };

/** Turns content into stored blocks and back. Not for several threads at once. */
export interface BlockCodec {
  encode(content: Uint8Array): EncodedBlock;
  /** The content of a stored block, or what is wrong with it. `size`: what it must have. */
  decode(stored: Uint8Array, name: BlockName, size?: number): DecodedBlock;
}

/**
 * The codec of rfs (src/store/bs.rs): snappy's raw format, then AES-256-GCM under the hash of the
 * content with its first 12 bytes as nonce.
 */
export async function openBlockCodec(): Promise<BlockCodec> {
  const hasher = await createBLAKE2b(256);
  const hash = (bytes: Uint8Array): Uint8Array => hasher.init().update(bytes).digest('binary');
  return {
    encode(content) {
      const key = hash(content);
      const compressed = compressSync(content);
      const stored = encrypt(compressed, key);
      letGo(compressed);
      return { id: hash(stored), key, stored };
    },
    decode(stored, { id, key }, size) {
      if (!sameBytes(hash(stored), id))
        return fault('block-damaged', 'what is stored is not what its id is the hash of');
      const compressed = decrypt(stored, key);
      if (!compressed) return fault('block-key', 'its key does not decrypt it');
      const told = snappyLength(compressed);
      if (told == null || told > BLOCK_SIZE)
        return fault('block-size', `it is larger than ${BLOCK_SIZE} bytes`);
      if (size != null && told !== size)
        return fault('block-size', `it holds ${told} bytes where the file has ${size}`);
      const content = uncompress(compressed);
      letGo(compressed);
      if (!content) return fault('block-size', 'its compressed data is broken');
      if (!sameBytes(hash(content), key))
        return fault('block-key', 'its key is not the hash of its content');
      return { content };
    },
  };
}

/** The length that snappy's raw format begins with: a little-endian number of 7 bits a byte. */
function snappyLength(compressed: Uint8Array): number | undefined {
  let length = 0;
  for (let at = 0; at < 5; at++) {
    const byte = compressed[at];
    if (byte == null) return undefined;
    length += (byte & 0x7f) * 2 ** (7 * at);
    if (byte < 0x80) return length;
  }
  return undefined;
}

function encrypt(content: Uint8Array, key: Uint8Array): Uint8Array {
  const cipher = createCipheriv('aes-256-gcm', key, key.subarray(0, 12));
  // In a buffer of its own, which can be handed to another thread.
  const stored = Buffer.allocUnsafeSlow(content.length + TAG);
  const start = cipher.update(content);
  stored.set(start);
  letGo(start);
  // A stream cipher holds nothing back.
  cipher.final();
  stored.set(cipher.getAuthTag(), content.length);
  return stored;
}

function decrypt(stored: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (stored.length <= TAG || key.length !== 32) return undefined;
  const decipher = createDecipheriv('aes-256-gcm', key, key.subarray(0, 12));
  decipher.setAuthTag(stored.subarray(-TAG));
  const start = decipher.update(stored.subarray(0, -TAG));
  try {
    // A stream cipher holds nothing back.
    decipher.final();
    return start;
  } catch {
    return undefined;
  }
}

function uncompress(compressed: Uint8Array): Uint8Array | undefined {
  try {
    return uncompressSync(compressed, { asBuffer: true }) as Buffer;
  } catch {
    return undefined;
  }
}

function sameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return Buffer.compare(one, other) === 0;
}

function fault(rule: BlockFault['rule'], message: string): { fault: BlockFault } {
  return { fault: { rule, message } };
}

/**
 * Frees the memory of bytes that nobody needs any more at once: the collector lets 64 MiB of such
 * lie in each thread before it looks. What shares its memory with others is left.
 */
export function letGo(bytes: Uint8Array): void {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
