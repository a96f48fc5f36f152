import { resolve } from 'node:path';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { readSmallFile } from './small-file.ts';

/** Where keys and passwords come from: a variable, `env:NAME`, or a file. */
type Source = Pick<Context, 'env' | 'cwd'>;

/**
 * Reads what an option names by `env:NAME` or a path. Throws `usage`; a key or token that was given
 * in place of its name is not shown again.
 */
export async function readSource(source: string, context: Source, shown = source): Promise<string> {
  if (/-----BEGIN|\n|^eyJ[\w-]+\./.test(source)) throw isSecret();
  if (!source.startsWith('env:')) return readSmallFile(resolve(context.cwd, source), shown);
  const name = source.slice('env:'.length);
  const value = context.env[name];
  if (value != null) return value;
  throw new LockstepError('usage', `the variable ${name} is not set`, {
    hint: `set ${name}, or name another: env:NAME or a path`,
  });
}

/**
 * Reads a password: that of a file ends where its first line ends. What was named is not shown, as
 * it may be the password itself by mistake.
 */
export async function readPassword(source: string, context: Source): Promise<string> {
  const text = await readSource(source, context, 'the file of the password');
  return source.startsWith('env:') ? text : (text.split(/\r?\n/)[0] ?? '');
}

function isSecret(): LockstepError {
  return new LockstepError('usage', 'a secret itself was given where its name is expected', {
    hint: 'everybody on the machine sees arguments: put it into a variable and write env:NAME',
  });
}
