import { closeSync, openSync, read, writevSync } from 'node:fs';
import { promisify } from 'node:util';
import { LockstepError } from '../../system/error.ts';
import type { Answer, FileSystem } from './filesystem.ts';
import { answerHead, ERRNO, REQUEST_BUFFER, readRequest, SILENT } from './protocol.ts';

const readInto = promisify(read);

/** Opens the kernel's side of a mount that is about to be made. Throws `not-allowed`. */
export function openFuse(): number {
  try {
    return openSync('/dev/fuse', 'r+');
  } catch (cause) {
    throw new LockstepError('not-allowed', `cannot open /dev/fuse: ${(cause as Error).message}`, {
      cause,
      hint: 'load the module fuse; in a container give it the device',
    });
  }
}

/** Answers requests until the file system is unmounted. */
export async function serve(fuse: number, fileSystem: FileSystem): Promise<void> {
  try {
    for (;;) {
      const request = await nextRequest(fuse);
      if (request === 'unmounted') return;
      if (request) void answer(fuse, request, fileSystem);
    }
  } finally {
    closeSync(fuse);
  }
}

/** Undefined for a request that was taken back before it was read. */
async function nextRequest(fuse: number): Promise<Buffer | 'unmounted' | undefined> {
  const buffer = Buffer.allocUnsafe(REQUEST_BUFFER);
  try {
    const { bytesRead } = await readInto(fuse, buffer, 0, buffer.length, null);
    return bytesRead === 0 ? 'unmounted' : buffer.subarray(0, bytesRead);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENODEV') return 'unmounted';
    if (code === 'ENOENT' || code === 'EINTR' || code === 'EAGAIN') return undefined;
    throw error;
  }
}

async function answer(fuse: number, bytes: Buffer, fileSystem: FileSystem): Promise<void> {
  const request = readRequest(bytes);
  if (SILENT.has(request.opcode)) return;
  let found: Answer;
  try {
    found = await fileSystem(request);
  } catch {
    found = ERRNO.io;
  }
  const parts = typeof found === 'number' ? [] : found;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = answerHead(request.unique, length, typeof found === 'number' ? found : 0);
  try {
    writevSync(fuse, [head, ...parts]);
  } catch (error) {
    // The asker was killed meanwhile (ENOENT), or the mount is gone (EBADF, ENODEV).
    if (!['ENOENT', 'ENODEV', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}
