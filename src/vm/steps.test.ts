import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../system/process.ts';
import { readReport } from './report.ts';
import { GUEST_PARTS } from './scenario.ts';
import { beginLine } from './testing/report.ts';

/** Runs a script with the step functions here on the host; the verdict channel goes to stdout. */
async function runSteps(script: string, [shell, ...args]: readonly [string, ...string[]]) {
  const whole = `exec 3>&1 1>&2\n. ${join(GUEST_PARTS, 'steps.sh')}\n${script}`;
  const { status, stdout, stderr } = await run(shell, [...args, '-c', whole]);
  const lines = stdout.split('\n').filter(Boolean);
  return { status, printed: stderr, ...readReport([beginLine('6.1'), ...lines]) };
}

describe.each([[['sh']], [['bash']], [['busybox', 'sh']]] as const)('steps.sh in %s', (shell) => {
  const steps = (script: string) => runSteps(script, shell);

  it('tells of steps that pass', async () => {
    const { status, steps: told, malformed } = await steps('step one true; step two echo hello');

    expect([status, malformed]).toEqual([0, []]);
    expect(told.map((step) => [step.name, step.status])).toEqual([
      ['one', 'pass'],
      ['two', 'pass'],
    ]);
  });

  it('ends at the first step that fails', async () => {
    const { status, steps: told } = await steps('step one sh -c "exit 7"; step two true');

    expect(status).toBe(1);
    expect(told).toMatchObject([{ name: 'one', status: 'fail', message: 'exit status 7' }]);
  });

  it('fails a step when any command of its function fails', async () => {
    const { steps: told } = await steps('f() { false; true; }; step one f');

    expect(told).toMatchObject([{ name: 'one', status: 'fail' }]);
  });

  it('keeps the verdict channel from the commands', async () => {
    const { malformed, steps: told } = await steps(`step one sh -c 'echo forged >&3 || true'`);

    expect(malformed).toEqual([]);
    expect(told).toMatchObject([{ name: 'one' }]);
  });

  it('says why a step was skipped or failed', async () => {
    const { steps: told, printed } = await steps(
      `skip one 'not here'; f() { fail 'because of "this"'; }; step two f`,
    );

    expect(told).toMatchObject([
      { name: 'one', status: 'skip', message: 'not here' },
      { name: 'two', status: 'fail' },
    ]);
    expect(printed).toContain('because of "this"');
  });

  it('finds modules by either spelling', async () => {
    const { status } = await steps('! find_module not-there && [ "$module_name" = not_there ]');

    expect(status).toBe(0);
  });
});
