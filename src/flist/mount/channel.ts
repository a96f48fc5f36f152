import { openSync, readSync, writevSync } from 'node:fs';
import { LockstepError } from '../../system/error.ts';
import type { FilePart } from './file-part.ts';
import type { Answer, FileSystem } from './filesystem.ts';
import {
  answerHead,
  ERRNO,
  type FuseRequest,
  REQUEST_BUFFER,
  readRequest,
  SILENT,
} from './protocol.ts';

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

/** Who answers what. */
export interface Answerers {
  fileSystem: FileSystem;
  /** What a part of a file holds, when that is at hand. */
  cached: (part: FilePart) => Buffer[] | undefined;
  /** Somebody else answers later. */
  passOn: (asked: PassedOn) => void;
}

/** A read that is yet to be answered. */
export interface PassedOn {
  /** Identifies the answer. */
  unique: bigint;
  part: FilePart;
}

/**
 * Answers requests until the file system is unmounted. It blocks its thread: waiting for the next
 * request through the event loop takes longer than answering it.
 */
export function serve(fuse: number, { fileSystem, cached, passOn }: Answerers): void {
  const buffer = Buffer.allocUnsafeSlow(REQUEST_BUFFER);
  for (;;) {
    const length = nextRequest(fuse, buffer);
    if (length === 'unmounted') return;
    if (length === 0) continue;
    const request = readRequest(buffer.subarray(0, length));
    if (SILENT.has(request.opcode)) continue;
    const found = answerOf(request, fileSystem);
    const { unique } = request;
    if (typeof found === 'number' || Array.isArray(found)) answer(fuse, unique, found);
    else {
      const content = cached(found);
      if (content) answer(fuse, unique, content);
      else passOn({ unique, part: found });
    }
  }
}

function answerOf(request: FuseRequest, fileSystem: FileSystem): Answer {
  try {
    return fileSystem(request);
  } catch {
    return ERRNO.io;
  }
}

/** How long the next request is; 0 for one that was taken back before it was read. */
function nextRequest(fuse: number, buffer: Buffer): number | 'unmounted' {
  try {
    const length = readSync(fuse, buffer, 0, buffer.length, null);
    return length === 0 ? 'unmounted' : length;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENODEV') return 'unmounted';
    if (code === 'ENOENT' || code === 'EINTR' || code === 'EAGAIN') return 0;
    throw error;
  }
}

/** Answers one request, from any thread: with bytes in pieces, or an errno. */
export function answer(fuse: number, unique: bigint, found: Buffer[] | number): void {
  const parts = typeof found === 'number' ? [] : found;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const head = answerHead(unique, length, typeof found === 'number' ? found : 0);
  try {
    writevSync(fuse, [head, ...parts]);
  } catch (error) {
    // The asker was killed meanwhile (ENOENT), or the mount is gone (EBADF, ENODEV).
    if (!['ENOENT', 'ENODEV', 'EBADF'].includes((error as NodeJS.ErrnoException).code ?? ''))
      throw error;
  }
}
