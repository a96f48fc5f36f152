import { fork } from 'node:child_process';
import { openSync } from 'node:fs';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import type { CommonOptions } from '../../options/project.ts';
import { fileOf } from './context.ts';

export interface MountOptions extends CommonOptions {
  meta: string;
  cache: string;
  cacheLimit: number;
  key?: string;
  daemon?: true;
  log?: string;
}

/** Starts a process that serves a mount and goes on when this one ends; returns when it is mounted. */
export async function startDaemon(
  context: Context,
  target: string,
  options: MountOptions,
): Promise<void> {
  const log = options.log == null ? 'ignore' : openSync(fileOf(context, options.log), 'a');
  const args = [
    'flist',
    'mount',
    target,
    '-C',
    context.cwd,
    '-m',
    options.meta,
    '-c',
    options.cache,
  ];
  const child = fork(
    process.argv[1] ?? '',
    [
      ...args,
      '--cache-limit',
      String(options.cacheLimit),
      ...(options.key == null ? [] : ['--key', options.key]),
    ],
    {
      detached: true,
      stdio: ['ignore', log, log, 'ipc'],
    },
  );
  await new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', (code) => reject(failed(target, code, options.log)));
    child.once('error', reject);
  });
  child.disconnect();
  child.unref();
}

function failed(target: string, code: number | null, log: string | undefined): LockstepError {
  return new LockstepError('program-failed', `the mount on ${target} ended with ${code}`, {
    hint: log == null ? 'call it without -d to see why' : `see ${log}`,
  });
}
