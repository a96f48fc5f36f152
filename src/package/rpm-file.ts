import { open } from 'node:fs/promises';

/** Largest head of a package that is read: bytes. Kernels name every module in theirs. */
const HEAD_LIMIT = 64 << 20;

/** The first bytes of an RPM file, enough for its headers; the payload may be cut off. */
export async function readRpmHead(path: string): Promise<Uint8Array> {
  await using file = await open(path);
  const { size } = await file.stat();
  const head = Buffer.alloc(Math.min(size, HEAD_LIMIT));
  await file.read(head, 0, head.length, 0);
  return head;
}
