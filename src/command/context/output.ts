import { fstatSync, writeSync } from 'node:fs';

/** Where an answer goes, part by part. */
export interface Output {
  write(part: string | Uint8Array): unknown;
}

const DESCRIPTOR = 1;

/** Set when the rest goes through Node's stream, which keeps what a slow reader does not take. */
let stream: NodeJS.WriteStream | undefined;

/**
 * Standard output. Parts go out as they come: Node's stream for it takes a tenth of the time of a
 * short command. Whoever read it may go away (`lockstep ls … | head`): the work goes on without it.
 */
export const standardOutput: Output = {
  write(part) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part;
    for (let at = 0; at < bytes.length; ) at += writeSome(bytes.subarray(at));
  },
};

/** Bytes that are done with: written, left to the stream, or of no interest to anybody. */
function writeSome(bytes: Uint8Array): number {
  try {
    if (!stream) return writeSync(DESCRIPTOR, bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EPIPE') return bytes.length;
    if (code !== 'EAGAIN') throw error;
    stream = process.stdout.on('error', ignoreGone);
  }
  stream.write(bytes);
  return bytes.length;
}

function ignoreGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

/** What is known of the terminal that standard output is; of a file or a pipe nothing. */
export function outputTerminal(): { isTTY?: boolean; columns?: number } {
  return fstatSync(DESCRIPTOR).isCharacterDevice() ? process.stdout : {};
}
