import { resolve } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { LOCK_FILE, type Locked } from './document.ts';
import { readLock, readProjectLock } from './file.ts';

/** What is replayed, as the command line says it: a file, or true for the project's lock file. */
export interface ReplayOptions {
  replay?: string | true;
  locked?: true;
}

/** A stream with the inputs that it is to use; without them it follows what moves. */
export interface Replay {
  stream: Stream;
  inputs?: Inputs;
}

/**
 * Which streams are worked on and with which inputs. The lock file must have every stream of
 * the configuration; a file that is named must have one, and the others are left out. Throws
 * `config`.
 */
export async function replaysOf(
  streams: readonly Stream[],
  project: string,
  { replay, locked }: ReplayOptions,
): Promise<Replay[]> {
  if (typeof replay === 'string') {
    const inputs = await readLock(resolve(project, replay), replay);
    const replays = streams
      .filter(({ name }) => inputs.has(name))
      .map((one) => replayOf(one, inputs));
    if (replays.length > 0) return replays;
    throw notConfigured(replay, inputs);
  }
  if (!replay && !locked) return streams.map((stream) => ({ stream }));
  const inputs = await readProjectLock(project);
  const absent = streams.find(({ name }) => !inputs.has(name));
  if (absent) throw notLocked(absent);
  return streams.map((stream) => replayOf(stream, inputs));
}

function replayOf(stream: Stream, locked: Locked): Replay {
  const inputs = locked.get(stream.name);
  return { stream, ...(inputs && { inputs }) };
}

function notConfigured(file: string, locked: Locked): LockstepError {
  const names = [...locked.keys()].join(', ');
  return new LockstepError('config', `${file} is of streams that are not configured: ${names}`, {
    context: { path: file },
    hint: 'replay it in the project of its run',
  });
}

function notLocked({ name }: Stream): LockstepError {
  return new LockstepError('config', `${LOCK_FILE} has no stream ${name}`, {
    context: { stream: name },
    hint: `write it with: lockstep lock sync --stream ${name}`,
  });
}
