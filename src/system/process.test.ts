import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { run, runOk } from './process.ts';

/** A process that has ended but was not yet waited for counts as gone. */
function isAlive(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

describe('run', () => {
  it('gives output, errors and status apart', async () => {
    const result = await run('sh', ['-c', 'echo out; echo err >&2; exit 3']);

    expect(result).toEqual({ status: 3, stdout: 'out\n', stderr: 'err\n' });
  });

  it('feeds standard input from a stream of chunks', async () => {
    async function* chunks() {
      for (let i = 0; i < 300; i++) yield Buffer.alloc(10_000, 'x');
    }

    const { stdout } = await run('wc', ['-c'], { stdin: chunks() });

    expect(stdout.trim()).toBe('3000000');
  });

  it('throws what its input threw', async () => {
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.from('a');
      throw new Error('the source broke');
    }

    await expect(run('cat', [], { stdin: broken() })).rejects.toThrow('the source broke');
  });

  it('ends a program that takes too long, with all it started', async () => {
    const lines: string[] = [];

    const late = run('sh', ['-c', 'sleep 100 & echo $!; wait'], {
      timeout: 300,
      onLine: (line) => lines.push(line),
    });

    await expect(late).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(() => isAlive(Number(lines[0]))).toBe(false);
  });

  it('ends a program when told to', async () => {
    const aborter = new AbortController();
    const running = run('sleep', ['100'], { signal: aborter.signal });
    await delay(50);
    aborter.abort(new Error('enough'));

    await expect(running).rejects.toThrow('enough');
  });

  it('kills what a program left behind', async () => {
    const { stdout } = await run('sh', ['-c', 'sleep 100 >/dev/null 2>&1 & echo $!']);

    await expect.poll(() => isAlive(Number(stdout))).toBe(false);
  });

  it('leaves nothing behind when lockstep itself is killed', async () => {
    const source = `import { run } from ${JSON.stringify(join(import.meta.dirname, 'process.ts'))};
      await run('sh', ['-c', 'sleep 100 & echo $!; wait'], { onLine: (line) => console.log(line) });`;
    const lockstep = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(lockstep.stdout, 'data')) as [Buffer];
    expect(isAlive(Number(pid))).toBe(true);

    lockstep.kill('SIGKILL');

    await expect.poll(() => isAlive(Number(pid))).toBe(false);
  });
});

describe('runOk', () => {
  it('throws with the last lines when the status is not 0', async () => {
    await expect(runOk('sh', ['-c', 'echo why >&2; exit 1'])).rejects.toMatchObject({
      code: 'program-failed',
      message: expect.stringContaining('why'),
    });
  });
});
