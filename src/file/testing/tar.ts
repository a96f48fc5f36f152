import { readTar, type TarHeader } from '../tar/tar.ts';

/** The bytes in chunks of this size. */
export async function* chunksOf(bytes: Buffer, size = 65536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** Everything that a stream gives. */
export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

/** Every entry of an archive with its content in memory. */
export async function entriesOf(stream: AsyncIterable<Uint8Array>) {
  const entries: { header: TarHeader; content: Buffer }[] = [];
  for await (const { header, body } of readTar(stream)) {
    entries.push({ header, content: await bytesOf(body) });
  }
  return entries;
}
