import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../config/parse.ts';
import { run } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { catalog } from './catalog.ts';

const LOCKSTEP = join(import.meta.dirname, '../../bin/lockstep');

describe('lockstep', () => {
  it('lists every command in its help', async () => {
    const { status, stdout } = await run(LOCKSTEP, ['--help']);

    expect(status).toBe(0);
    for (const { name } of catalog) expect(stdout).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
  });

  it.each([
    ['an unknown command', ['frobnicate']],
    ['an unknown option', ['run', '--frobnicate']],
    ['a project without a configuration', ['run', '-C', '/']],
  ])('exits with 2 for %s, and says so on standard error', async (_, args) => {
    const { status, stdout, stderr } = await run(LOCKSTEP, args);

    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/error/);
  });

  it('prints one JSON document for a failure with --json', async () => {
    const { status, stdout } = await run(LOCKSTEP, ['run', '-C', '/', '--json']);

    expect(status).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'config' } });
  });
});

describe('lockstep init', () => {
  it('writes a configuration that is read, and never touches one that is there', async () => {
    await using folder = await temporaryFolder();
    const init = () => run(LOCKSTEP, ['init', '--profile', 'debian', '-C', folder.path]);

    expect((await init()).status).toBe(0);
    const text = await readFile(join(folder.path, 'lockstep.yaml'), 'utf8');
    const again = await init();

    expect(parseConfig(text, 'lockstep.yaml').config?.streams).toHaveLength(1);
    expect(again.status).toBe(2);
    expect(again.stderr).toContain('is there already');
  });
});
