import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { authoritiesFor } from '../../oci/remote/trust.ts';
import { LockstepError } from '../../system/error.ts';
import { type RunResult, run } from '../../system/process.ts';
import { requireProgram } from '../../system/program.ts';
import { type GitPlace, gitError, gitFailure } from './failure.ts';

export interface GitOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** Bytes that any one file that git writes may have (default 1 GiB). */
  limit?: number;
  /** Milliseconds that one call may take (default 10 minutes). */
  timeout?: number;
}

/** An empty repository to fetch into, and what is asked for in it. */
export interface Git {
  place: GitPlace;
  /** Runs git; any exit status is returned. */
  run: GitProgram;
  /** Runs git, which must exit with 0; throws what its words stand for. */
  ok: GitProgram;
}

type GitProgram = (args: readonly string[], options?: GitCall) => Promise<RunResult>;

interface GitCall {
  /** What git is to take for the folder of its work tree, and where it is started in it. */
  work?: { tree: string; cwd: string };
}

const LIMIT = 1 << 30;
const TIMEOUT = 600_000;
const KEPT_OUTPUT = 16 << 20;

/** Of git's own variables those about the way to the server count; those about repositories not. */
const KEPT = /^GIT_(?:SSH|SSL_|PROXY_|CONFIG_(?:GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+)$)/;

/** Whatever the user's configuration says: nothing is run, and equal trees make equal archives. */
const SETTINGS = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'fetch.recurseSubmodules=false',
  // What comes stays one file, which the limit on files holds.
  'fetch.unpackLimit=1',
  'http.lowSpeedLimit=1000',
  'http.lowSpeedTime=60',
  'tar.umask=0022',
].flatMap((setting) => ['-c', setting]);

/** A file that would grow beyond the limit ends the program with words instead of a signal. */
const LIMITED = `trap '' XFSZ; ulimit -f "$1"; shift; exec "$@"`;

/** Makes an empty repository in a folder; throws `program-missing`. */
export async function initGit(folder: string, place: GitPlace, options: GitOptions): Promise<Git> {
  const { env, signal, limit = LIMIT, timeout = TIMEOUT } = options;
  const program = requireProgram('git', env);
  const blocks = String(Math.ceil(limit / 512));
  const trusted = await trustOf(folder, env);
  const call = (args: readonly string[], { work }: GitCall = {}) =>
    run('/bin/sh', ['-c', LIMITED, 'sh', blocks, program, ...SETTINGS, ...args], {
      env: {
        ...quiet(env),
        ...trusted,
        GIT_DIR: folder,
        ...(work && { GIT_WORK_TREE: work.tree }),
      },
      cwd: work?.cwd ?? folder,
      signal,
      timeout,
      keep: KEPT_OUTPUT,
    }).catch((error: unknown) => {
      throw isTimeout(error) ? tooLate(place, timeout) : error;
    });
  const ok = async (args: readonly string[], given?: GitCall) => {
    const result = await call(args, given);
    if (result.status === 0) return result;
    throw gitFailure(place, result);
  };
  await ok(['init', '--quiet', '--bare', '--template=', '--object-format=sha1']);
  return { place, run: call, ok };
}

/** What git is to trust beside the system's authorities: those that all else here trusts. */
async function trustOf(folder: string, env: NodeJS.ProcessEnv): Promise<NodeJS.ProcessEnv> {
  const authorities = env.GIT_SSL_CAINFO ? undefined : await authoritiesFor(undefined, env);
  if (!authorities) return {};
  const path = join(folder, 'authorities.pem');
  await mkdir(folder, { recursive: true });
  await writeFile(path, authorities.join('\n'));
  return { GIT_SSL_CAINFO: path };
}

function isTimeout(error: unknown): boolean {
  return error instanceof LockstepError && error.code === 'timeout';
}

function tooLate(place: GitPlace, timeout: number): LockstepError {
  const message = `git did not get ${place.repository} within ${timeout / 1000} seconds`;
  return gitError('timeout', place, message, 'try again later, or name a smaller repository');
}

/** An environment in which git asks nobody and speaks to servers in three ways only. */
function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.test(name));
  return {
    GIT_SSH_COMMAND: 'ssh -o BatchMode=yes',
    ...Object.fromEntries(kept),
    LC_ALL: 'C',
    GIT_ALLOW_PROTOCOL: 'https:file:ssh',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: 'false',
    GIT_NO_REPLACE_OBJECTS: '1',
  };
}
