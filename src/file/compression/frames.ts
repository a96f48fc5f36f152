import { LockstepError } from '../../system/error.ts';
import type { FramesInput } from './frames-input.ts';

const MAGIC = 0xfd2fb528;
const SKIPPABLE = 0x184d2a50;
const WINDOW_LIMIT = 1 << 27;

/** True for the four bytes that open a zstd frame or a skippable frame (RFC 8878, 3.1). */
export function isZstdMagic(head: Uint8Array): boolean {
  return head.length >= 4 && (magicOf(head) === MAGIC || isSkippable(magicOf(head)));
}

/** Where one frame of a buffer lies. */
export interface ZstdFrame {
  start: number;
  end: number;
  skippable: boolean;
}

/**
 * Splits a buffer into its zstd frames by their own headers (RFC 8878, 3.1.1). Needed because
 * Node 22 and 24 decode the first frame only and report nothing. Throws `invalid-content` for
 * anything that is not a whole frame.
 */
export function* zstdFrames(bytes: Uint8Array): Generator<ZstdFrame> {
  let offset = 0;
  while (offset < bytes.length) {
    const start = offset;
    const magic = magicOf(need(bytes, start, 4));
    const skippable = isSkippable(magic);
    if (!skippable && magic !== MAGIC) throw garbage();
    offset = skippable ? start + 8 + uint32(need(bytes, start + 4, 4)) : frameEnd(bytes, start);
    need(bytes, start, offset - start);
    yield { start, end: offset, skippable };
  }
}

/** The bytes of the next frame of a stream, as they come; skippable frames yield nothing. */
export async function* nextZstdFrame(input: FramesInput): AsyncGenerator<Uint8Array> {
  const magic = magicOf(await input.peek(4));
  if (isSkippable(magic)) {
    const head = await input.take(8);
    for await (const _ of input.pass(uint32(head.subarray(4))));
    return;
  }
  if (magic !== MAGIC) throw garbage();
  const descriptor = (await input.peek(5))[4] ?? 0;
  const head = await input.take(headerSize(descriptor));
  checkWindow(head);
  yield head;
  for (let last = false; !last; ) {
    const header = await input.take(3);
    yield header;
    const block = blockOf(header);
    yield* input.pass(block.size);
    last = block.last;
  }
  if (hasChecksum(descriptor)) yield* input.pass(4);
}

function frameEnd(bytes: Uint8Array, start: number): number {
  const descriptor = need(bytes, start + 4, 1)[0] ?? 0;
  const size = headerSize(descriptor);
  checkWindow(need(bytes, start, size));
  let offset = start + size;
  for (let last = false; !last; ) {
    const block = blockOf(need(bytes, offset, 3));
    offset += 3 + block.size;
    last = block.last;
  }
  return offset + (hasChecksum(descriptor) ? 4 : 0);
}

/** Magic, descriptor, window descriptor, dictionary id and content size (RFC 8878, 3.1.1.1). */
function headerSize(descriptor: number): number {
  const single = isSingleSegment(descriptor);
  const contentSize = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  return 5 + (single ? 0 : 1) + dictionary + contentSize;
}

function checkWindow(head: Uint8Array): void {
  const descriptor = head[4] ?? 0;
  if (isSingleSegment(descriptor)) return;
  const exponent = (head[5] ?? 0) >> 3;
  const window = 2 ** (10 + exponent) * (1 + ((head[5] ?? 0) & 7) / 8);
  if (window <= WINDOW_LIMIT) return;
  throw new LockstepError('limit-exceeded', `zstd frame wants a window of ${window} bytes`, {
    hint: 'compress without --long or with --long=27 at most',
  });
}

function blockOf(header: Uint8Array): { last: boolean; size: number } {
  const word = (header[0] ?? 0) | ((header[1] ?? 0) << 8) | ((header[2] ?? 0) << 16);
  const type = (word >> 1) & 3;
  if (type === 3) throw garbage();
  return { last: (word & 1) === 1, size: type === 1 ? 1 : word >> 3 };
}

function isSingleSegment(descriptor: number): boolean {
  return (descriptor & 0x20) !== 0;
}

function hasChecksum(descriptor: number): boolean {
  return (descriptor & 4) !== 0;
}

function isSkippable(magic: number): boolean {
  return (magic & 0xfffffff0) >>> 0 === SKIPPABLE;
}

function magicOf(head: Uint8Array): number {
  return head.length < 4 ? 0 : uint32(head);
}

function uint32(bytes: Uint8Array): number {
  return (
    ((bytes[0] ?? 0) |
      ((bytes[1] ?? 0) << 8) |
      ((bytes[2] ?? 0) << 16) |
      ((bytes[3] ?? 0) << 24)) >>>
    0
  );
}

function need(bytes: Uint8Array, offset: number, count: number): Uint8Array {
  if (offset + count <= bytes.length) return bytes.subarray(offset, offset + count);
  throw new LockstepError('invalid-content', 'zstd data ends early');
}

function garbage(): LockstepError {
  return new LockstepError('invalid-content', 'not a zstd frame');
}
