import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { ConsoleLog } from './console-log.ts';

describe('ConsoleLog', () => {
  it('keeps every line', async () => {
    await using folder = await temporaryFolder();
    const log = new ConsoleLog(join(folder.path, 'log'), 1000);
    log.add('one');
    log.add('zwölf');
    await log.close();

    expect(await readFile(log.path, 'utf8')).toBe('one\nzwölf\n');
  });

  it('keeps beginning and end of a console without end, and says what is missing', async () => {
    await using folder = await temporaryFolder();
    const log = new ConsoleLog(join(folder.path, 'log'), 100);
    for (let n = 0; n < 5000; n++) log.add(`line ${n}`);
    await log.close();

    const lines = (await readFile(log.path, 'utf8')).trimEnd().split('\n');
    expect(lines[0]).toBe('line 0');
    expect(lines.at(-1)).toBe('line 4999');
    expect(lines).toHaveLength(13 + 1 + 1000);
    expect(lines[13]).toBe('[lockstep: 3987 lines are left out here]');
  });

  it('throws when the file cannot be written', async () => {
    const log = new ConsoleLog('/dev/full', 1000);
    log.add('one');

    await expect(log.close()).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
