import { isUtf8 } from 'node:buffer';
import { createReadStream, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { SourceText } from '../file/yaml/tree.ts';
import { LockstepError } from '../system/error.ts';

/** A larger document (bytes) is refused: no cloud hands one over at a first boot. */
const LIMIT = 32 << 20;

export interface SourceOptions {
  /** The folder that paths start from. */
  cwd: string;
  /** What `-` stands for; not opened for anything else. */
  stdin: () => AsyncIterable<Buffer | string>;
}

/** Reads a document, `-` from standard input. Throws `not-found`, `usage` for one that is too large. */
export async function readSource(file: string, { cwd, stdin }: SourceOptions): Promise<SourceText> {
  if (file === '-')
    return { file: '<stdin>', text: decode(await readAll(stdin(), '<stdin>'), '<stdin>') };
  try {
    const path = resolve(cwd, file);
    const stats = statSync(path);
    if (stats.isDirectory()) throw new LockstepError('usage', `${file} is a folder`);
    if (stats.size > LIMIT) throw tooLarge(file);
    // What is no file may keep its reader waiting.
    const bytes = stats.isFile() ? readFileSync(path) : await readAll(createReadStream(path), file);
    return { file, text: decode(bytes, file) };
  } catch (error) {
    if (error instanceof LockstepError) throw error;
    throw new LockstepError('not-found', `${file} cannot be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

async function readAll(stream: AsyncIterable<Buffer | string>, file: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > LIMIT) throw tooLarge(file);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

/** UTF-8, with or without a byte order mark. */
function decode(bytes: Buffer, file: string): string {
  if (bytes.length > LIMIT) throw tooLarge(file);
  if (!isUtf8(bytes)) throw new LockstepError('usage', `${file} is no UTF-8 text`);
  return bytes.toString('utf8').replace(/^\uFEFF/, '');
}

function tooLarge(file: string): LockstepError {
  return new LockstepError('usage', `${file} is larger than ${LIMIT} bytes`);
}
