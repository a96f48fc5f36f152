import { LockstepError } from '../../system/error.ts';
import { lastLines, run } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';
import type { MachineStep } from './prepare.ts';

interface ApplyOptions {
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
  /** True when nobody has to be asked for root's rights. */
  isRoot: boolean;
  /** Told before each step, and when one that may fail has failed. */
  say: (line: string) => void;
}

/**
 * Does what a machine needs, as root: by itself, or by `sudo` without a password. Throws
 * `not-allowed` when there is no way to be root, `program-failed` when a step fails that must not.
 */
export async function prepareMachine(
  steps: readonly MachineStep[],
  { env, signal, isRoot, say }: ApplyOptions,
): Promise<void> {
  const prefix = isRoot ? [] : sudo(steps, env);
  for (const { says, command, optional } of steps) {
    say(says);
    const [program = '', ...args] = [...prefix, ...command];
    const { status, stderr } = await run(program, args, {
      env: { ...env, DEBIAN_FRONTEND: 'noninteractive' },
      signal,
      onLine: (line) => say(`  ${line}`),
    });
    if (status === 0) continue;
    const failed = `${command.join(' ')} exited with ${status}: ${lastLines(stderr, 4)}`;
    if (!optional) throw new LockstepError('program-failed', failed);
    say(`went on without: ${failed}`);
  }
}

function sudo(steps: readonly MachineStep[], env: NodeJS.ProcessEnv): string[] {
  if (findProgram('sudo', env) != null) return ['sudo', '-n', '--'];
  const commands = steps.map(({ command }) => command.join(' '));
  throw new LockstepError(
    'not-allowed',
    'only root can prepare this machine, and there is no sudo',
    {
      hint: `run these as root, then go on:\n${commands.join('\n')}`,
    },
  );
}
