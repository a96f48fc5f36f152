import { requireProgram } from '../../../system/program.ts';

/**
 * How a root is made where nothing can be left behind: in namespaces of its own, which end with
 * their first process. Without root's rights the user's own subordinate ids become the root's.
 */
export interface Namespace {
  program: string;
  args: string[];
}

/** Room that a root and its packages may need in memory; with less, the disk is used. */
const ROOM = 4 * 2 ** 30;

/** The command prefix that runs a program in namespaces of its own as (mapped) root. */
export function privateNamespace(env: NodeJS.ProcessEnv, uid: number): Namespace {
  const program = requireProgram('unshare', env);
  const mapped = uid === 0 ? [] : ['--map-auto', '--map-root-user'];
  if (uid !== 0) requireProgram('newuidmap', env);
  return { program, args: [...mapped, '--mount', '--pid', '--fork', '--kill-child'] };
}

/**
 * Bytes for a scratch file system in memory, or undefined when the machine, or what the control
 * group allows of it, has too little.
 * Installing packages writes and deletes tens of thousands of files: three times as fast there.
 */
export function scratchInMemory(free: number = process.availableMemory()): number | undefined {
  return free >= ROOM ? Math.floor(free * 0.7) : undefined;
}
