import { zstdCompressSync } from 'node:zlib';
import { type Digest, digestOf } from '../../system/digest.ts';

/** Kinds of entries (tar-split, tar/storage/entry.go). */
const FILE = 1;
const SEGMENT = 2;
/** How much text is gathered before it is compressed. */
const BATCH = 1 << 20;

/**
 * What an unpacker needs, beside the files, to put the same archive together again: everything
 * between contents as it stands, and a checksum of each content (tar-split's JSON lines).
 * containers/storage pulls a layer in parts only when it comes with this.
 */
export class TarSplit {
  readonly #frames: Buffer[] = [];
  #lines: string[] = [];
  #gathered = 0;
  #position = 0;
  #size = 0;

  /** Bytes that are no content: headers and padding. */
  segment(bytes: Buffer): void {
    if (bytes.length > 0) this.#add({ type: SEGMENT, payload: bytes.toString('base64') });
  }

  /** An entry, with the checksum of its content when it has one. */
  file(name: string, size: number, checksum: Buffer | undefined): void {
    const payload = checksum ? checksum.toString('base64') : null;
    this.#add({ type: FILE, name, ...(size > 0 ? { size } : {}), payload });
  }

  /** The compressed lines, their digest and their size before compression. */
  finish(): { data: Buffer; digest: Digest; size: number } {
    this.#flush();
    const data = Buffer.concat(this.#frames);
    return { data, digest: digestOf(data), size: this.#size };
  }

  #add(entry: object): void {
    const line = `${JSON.stringify({ ...entry, position: this.#position++ })}\n`;
    this.#lines.push(line);
    this.#gathered += line.length;
    if (this.#gathered >= BATCH) this.#flush();
  }

  #flush(): void {
    const bytes = Buffer.from(this.#lines.join(''));
    this.#size += bytes.length;
    if (bytes.length > 0) this.#frames.push(zstdCompressSync(bytes));
    this.#lines = [];
    this.#gathered = 0;
  }
}

/** Entry n is what byte n does to the checksum: only its upper 16 bits are ever set. */
const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let bits = BigInt(byte);
  for (let shift = 0; shift < 8; shift++) {
    bits = bits & 1n ? (bits >> 1n) ^ 0xd800000000000000n : bits >> 1n;
  }
  return Number(bits >> 32n);
});

/** CRC-64 of ISO 3309 as Go's `hash/crc64` has it, big-endian. */
export class Crc64 {
  #high = 0xffffffff;
  #low = 0xffffffff;

  update(bytes: Uint8Array): void {
    let high = this.#high;
    let low = this.#low;
    for (let at = 0; at < bytes.length; at++) {
      const change = TABLE[(low ^ (bytes[at] ?? 0)) & 0xff] ?? 0;
      low = (low >>> 8) | (high << 24);
      high = (high >>> 8) ^ change;
    }
    this.#high = high;
    this.#low = low;
  }

  digest(): Buffer {
    const sum = Buffer.alloc(8);
    sum.writeUInt32BE(~this.#high >>> 0, 0);
    sum.writeUInt32BE(~this.#low >>> 0, 4);
    return sum;
  }
}
