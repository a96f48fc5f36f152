import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import type { Reader } from '../../oci/repository.ts';
import { LockstepError } from '../../system/error.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { LOCK_FILE, type Locked } from './document.ts';
import { readLock } from './file.ts';
import { storedInputs } from './find.ts';

/** Stands for the lock file of the project. */
const LOCK = 'lock';

export interface SideOptions {
  /** Folder of the configuration. */
  project: string;
  /** Name of the stream; needed where there are several. */
  stream?: string;
  /** Asked only for what is no file. */
  configured: () => Promise<{ stream: Stream; repository: Reader }>;
}

/** The inputs that a word stands for: `lock`, a file, `stable`, a run, a tag or a digest. */
export async function inputsOfSide(which: string, options: SideOptions): Promise<Inputs> {
  const path = which === LOCK ? join(options.project, LOCK_FILE) : resolve(options.project, which);
  const isFile = which === LOCK || which.includes('/') || which.endsWith('.json');
  if (isFile || existsSync(path)) {
    const shown = which === LOCK ? LOCK_FILE : which;
    return oneOf(await readLock(path, shown), shown, options.stream);
  }
  const { stream, repository } = await options.configured();
  return storedInputs(repository, stream, which);
}

function oneOf(locked: Locked, file: string, name: string | undefined): Inputs {
  const chosen = [...locked.values()].filter(({ stream }) => name == null || stream === name);
  const [only] = chosen;
  if (only && chosen.length === 1) return only;
  const names = [...locked.keys()].join(' | ');
  const message = only ? `${file} has several streams` : `${file} has no stream ${name ?? ''}`;
  throw new LockstepError('usage', message.trim(), { hint: `name one: --stream ${names}` });
}
