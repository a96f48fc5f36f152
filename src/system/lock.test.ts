import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { acquireLock } from './lock.ts';
import { temporaryFolder } from './temporary.ts';

describe('acquireLock', () => {
  it('refuses a second holder, and names the first', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lock');
    await using _held = await acquireLock(path, { holder: 'run 1' });

    await expect(acquireLock(path)).rejects.toMatchObject({
      code: 'busy',
      message: expect.stringContaining('run 1'),
    });
  });

  it('is free again when the holder lets go', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lock');
    {
      await using _held = await acquireLock(path);
    }

    await using again = await acquireLock(path);

    expect(again).toBeDefined();
  });

  it('waits for a holder, and is free when that one is killed', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'lock');
    const source = `import { acquireLock } from ${JSON.stringify(join(import.meta.dirname, 'lock.ts'))};
      globalThis.held = await acquireLock(${JSON.stringify(path)}); console.log('held'); setInterval(() => {}, 1e6);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');

    const waiting = acquireLock(path, { wait: 10_000, onWait: () => holder.kill('SIGKILL') });

    await using lock = await waiting;
    expect(lock).toBeDefined();
  });
});
