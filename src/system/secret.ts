import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { LockstepError } from './error.ts';

/** Where secrets are looked for, and how they are called in what is said of them. */
export interface SecretSource {
  env: NodeJS.ProcessEnv;
  /** Folder that paths start from. */
  folder: string;
  /** What it is, as in `the key cannot be read`. */
  what: string;
}

/** More bytes than any key, token or password has. */
const LIMIT = 1 << 20;

/**
 * What `env:NAME` or the path of a file names; nothing is trimmed. Throws `config` where nothing is
 * found or it is too large, and for a secret that was given in place of its name: that is not shown.
 */
export async function readSecret(place: string, source: SecretSource): Promise<Buffer> {
  return orRefuse(await readPlace(place, source, place), place, source);
}

/**
 * Reads a password: the first line of what is named, which only `mayBeEmpty` lets be empty. The name
 * of a file is not shown, as it may be the password itself by mistake.
 */
export async function readPassword(
  place: string,
  source: SecretSource & { mayBeEmpty?: boolean },
): Promise<string> {
  const shown = isVariable(place) ? place : 'the file that is named';
  const bytes = await readPlace(place, source, shown);
  const [line = ''] = bytes.toString().split(/\r?\n/);
  if (source.mayBeEmpty) return line;
  return orRefuse(Buffer.from(line), shown, source).toString();
}

const isVariable = (place: string) => place.startsWith('env:');

async function readPlace(place: string, source: SecretSource, shown: string): Promise<Buffer> {
  if (/-----BEGIN|\n|^eyJ[\w-]+\./.test(place)) throw isSecret(source);
  const bytes = isVariable(place)
    ? readVariable(place.slice('env:'.length), source)
    : await readFileOf(resolve(source.folder, place), source, shown);
  if (bytes.length <= LIMIT) return bytes;
  throw wrong(`the ${source.what} in ${shown} has more than ${LIMIT} bytes`);
}

function readVariable(name: string, { env, what }: SecretSource): Buffer {
  const value = env[name];
  if (value != null) return Buffer.from(value);
  throw wrong(
    `the ${what} is missing: the variable ${name} is not set`,
    `set ${name}, or name another`,
  );
}

async function readFileOf(path: string, { what }: SecretSource, shown: string): Promise<Buffer> {
  try {
    await using file = await open(path);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(LIMIT + 1));
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error';
    const why = code === 'ENOENT' ? 'there is no such file' : code;
    throw wrong(`the ${what} cannot be read from ${shown}: ${why}`);
  }
}

function orRefuse(bytes: Buffer, shown: string, { what }: SecretSource): Buffer {
  if (bytes.length > 0) return bytes;
  throw wrong(`the ${what} is empty: ${shown}`, 'a secret of the CI that is not set is empty, too');
}

function isSecret({ what }: SecretSource): LockstepError {
  return wrong(
    `the ${what} itself was given where its name is expected`,
    'arguments and files of the project are read by many: put it into a variable, write env:NAME',
  );
}

function wrong(message: string, hint = 'name a file, or a variable by env:NAME'): LockstepError {
  return new LockstepError('config', message, { hint });
}
