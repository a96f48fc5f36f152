import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { COMPAT_FILE } from './places.ts';
import { compatTable, rangeOfRelease, unknownRelease } from './table.ts';
import { OPENZFS_DATA, parseCompatTable, readCompatTable, writeCompatTable } from './table-file.ts';

const DAY = { date: '2026-11-20', origin: 'a test' };
const entry = { version: '2.4.4', date: '2026-08-21', min: '4.18', max: '7.2', from: 'META' };

describe(readCompatTable, () => {
  it('reads what comes with lockstep', async () => {
    const { table, shipped } = await readCompatTable('/nonexistent');

    expect(shipped).toBe(true);
    expect(table.releases.length).toBeGreaterThan(50);
    expect(table.releases.every(({ from }) => from === 'META of the tag')).toBe(true);
    expect(rangeOfRelease(table, '2.0.7')).toEqual({ min: '3.10', max: '5.15' });
    expect(rangeOfRelease(table, '2.1.14')).toEqual({ min: '3.10', max: '6.5' });
    expect(rangeOfRelease(table, '2.4.4')).toEqual({ min: '4.18', max: '7.2' });
    expect(rangeOfRelease(table, '2.2.11')).toEqual({ min: '4.18', max: '6.17' });
    expect(rangeOfRelease(table, '2.1.11')).toEqual({ min: '3.10', max: '6.2' });
    expect(table).toEqual(compatTable(table.releases, table));
  });

  it('lists every patch of each line from 2.0 on', async () => {
    const { table } = await readCompatTable('/nonexistent');
    const patches = Map.groupBy(table.releases, ({ version }) => version.replace(/\.\d+$/, ''));

    for (const [line, releases] of patches) {
      const numbers = releases.map((_, index) => `${line}.${releases.length - 1 - index}`);
      expect(releases.map(({ version }) => version)).toEqual(numbers);
    }
    expect([...patches.keys()]).toEqual(['2.4', '2.3', '2.2', '2.1', '2.0']);
  });

  it('prefers the one of the project', async () => {
    await using folder = await temporaryFolder();
    await writeCompatTable(join(folder.path, COMPAT_FILE), compatTable([entry], DAY));

    expect(await readCompatTable(folder.path)).toEqual({
      table: { schema_version: 1, ...DAY, releases: [entry] },
      path: join(folder.path, COMPAT_FILE),
      shipped: false,
    });
  });

  it('does not fall back to the shipped one when that of the project cannot be read', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, COMPAT_FILE), '{"schema_version":');
    await expect(readCompatTable(folder.path)).rejects.toMatchObject({ code: 'config' });

    await mkdir(join(folder.path, 'sub', COMPAT_FILE), { recursive: true });
    await expect(readCompatTable(join(folder.path, 'sub'))).rejects.toThrow(/EISDIR/);
  });

  it('is beside the keys', () => {
    expect(OPENZFS_DATA).toMatch(/\/data\/openzfs$/);
  });
});

describe(parseCompatTable, () => {
  it.each([
    ['a maximum that no kernel has', { ...entry, max: '99.99' }, /releases.0: states a maximum/],
    ['a maximum that is no version', { ...entry, max: '7' }, /releases.0.max/],
    ['a version that is no release', { ...entry, version: '2.4.99' }, /releases.0.version/],
    ['no origin', { ...entry, from: undefined }, /releases.0.from/],
    ['an unknown key', { ...entry, maximum: '1.2' }, /maximum/],
  ])('refuses %s', (_, release, message) => {
    const text = JSON.stringify({ schema_version: 1, ...DAY, releases: [release] });

    expect(() => parseCompatTable(text, 'x')).toThrow(message);
  });

  it('refuses a release that is there twice, and another version of the format', () => {
    const twice = { schema_version: 1, ...DAY, releases: [entry, { ...entry, max: '6.1' }] };

    expect(() => parseCompatTable(JSON.stringify(twice), 'x')).toThrow(/twice/);
    expect(() => parseCompatTable('{"schema_version":2}', 'x')).toThrow(/schema_version/);
  });
});

describe(rangeOfRelease, () => {
  it('knows nothing of a release that is not listed', () => {
    const table = compatTable([entry], DAY);

    expect(rangeOfRelease(table, '2.4.5')).toBeUndefined();
    expect(unknownRelease(table, '2.4.5')).toMatchObject({
      severity: 'error',
      hint: expect.stringContaining('lockstep compat refresh'),
    });
  });
});
