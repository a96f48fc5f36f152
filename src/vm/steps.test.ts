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

  describe('load_module', () => {
    /** Loads `a-b` where modprobe says such words and the kernel printed such lines. */
    const load = (log: string, modprobe = 'echo No such device; return 1', dep = '') =>
      steps(`modprobe() { ${modprobe}; }
kernel_log() { printf '%s\\n' ${log}; }
box() { busybox "$@"; }
modules_dep() { printf '%s\\n' 'x/other.ko:' ${dep}; }
load_module a-b
step after true`);
    const answer = (module: string, code: number) =>
      `'[ 1.0] initcall init_module+0x0/0x1000 [${module}] returned ${code} after 12 usecs'`;

    it.each([
      [-19, 'ENODEV'],
      [-6, 'ENXIO'],
    ])('takes the answer %i of its own init for loaded, and says so', async (code, name) => {
      const { steps: told, malformed } = await load(answer('a_b', code));

      expect(malformed).toEqual([]);
      expect(told).toMatchObject([
        { name: 'load a-b', status: 'pass', message: expect.stringContaining(name) },
        { name: 'after', status: 'pass' },
      ]);
    });

    it.each([
      ['another answer', answer('a_b', -22)],
      ['no answer of the kernel', "'a_b: No such device'"],
      ['what a module prints', "'[ 1.0] a_b: [a_b] returned -19 after'"],
      ['the answer of another module', answer('b_a', -19)],
      ['an earlier answer', `${answer('a_b', -19)} ${answer('a_b', -22)}`],
      ['another answer of what it needs', answer('ec', -22)],
    ])('fails for %s, whatever modprobe says', async (_, log) => {
      const { steps: told, status } = await load(log, undefined, "'x/a-b.ko.xz: x/ec.ko.xz'");

      expect(status).toBe(1);
      expect(told).toMatchObject([{ name: 'load a-b', status: 'fail' }]);
    });

    it('skips a module that needs one without a device', async () => {
      const dep = "'x/a-b.ko.xz: x/other.ko x/e-c.ko.xz'";
      const { steps: told, malformed } = await load(answer('e_c', -19), undefined, dep);

      expect(malformed).toEqual([]);
      expect(told).toMatchObject([
        { name: 'load a-b', status: 'skip', message: expect.stringMatching(/needs e_c.*ENODEV/) },
        { name: 'after', status: 'pass' },
      ]);
    });

    it('does not believe a modprobe that did nothing', async () => {
      const { steps: told, printed } = await load("''", 'true');

      expect(told).toMatchObject([{ status: 'fail' }]);
      expect(printed).toContain('is not there after modprobe');
    });
  });

  it('finds modules by either spelling', async () => {
    const { status } = await steps('! find_module not-there && [ "$module_name" = not_there ]');

    expect(status).toBe(0);
  });
});
