import { copyFileSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openBlockCodec } from '../src/flist/block/codec.ts';
import { BROKEN, breakManifest, ODD } from '../src/flist/testing/broken.ts';
import { aFlist, type TestFlist } from '../src/flist/testing/flist.ts';
import { run } from '../src/system/process.ts';

const LOCKSTEP = join(import.meta.dirname, '../bin/lockstep');
/** What a command may take: bytes of memory and milliseconds. */
const LIMITS = { memory: 600 * 2 ** 20, time: 10_000 };
const PEAK = 'peak of memory in KiB: ';
const TELL_PEAK = `process.on('exit', () => process.stderr.write('\\n${PEAK}' + process.resourceUsage().maxRSS))`;

let flist: TestFlist;

beforeAll(async () => {
  flist = await aFlist((folder) => {
    mkdirSync(join(folder, 'folder'));
    writeFileSync(join(folder, 'folder/file'), Buffer.alloc(600_000, 5));
    symlinkSync('file', join(folder, 'folder/link'));
  });
});

afterAll(() => flist[Symbol.asyncDispose]());

/** Calls `lockstep flist` and holds it to the limits. */
async function call(...args: string[]): Promise<{ status: number; rules: string[] }> {
  const env = {
    ...process.env,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(TELL_PEAK)}`,
  };
  const started = performance.now();
  const { status, stdout, stderr } = await run(LOCKSTEP, ['flist', ...args, '--json'], { env });
  expect(performance.now() - started).toBeLessThan(LIMITS.time);
  const peak = Number(stderr.split(PEAK)[1]) * 1024;
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(LIMITS.memory);
  const { findings } = JSON.parse(stdout) as { findings: { rule: string }[] };
  return { status, rules: findings.map(({ rule }) => rule) };
}

/** A copy of the flist, broken, in a folder of its own. */
function broken(sql: string): { folder: string; file: string } {
  const folder = join(flist.work.path, 'broken');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const file = join(folder, 'tree.fl');
  copyFileSync(flist.manifest, file);
  breakManifest(file, sql);
  return { folder, file };
}

/** The last of each rule, and what costs most: all of them are in the unit tests. */
const heavy = ['an index that is computed', 'folders in folders without end'];
const someBroken = BROKEN.filter(
  ({ name, rule }, at) =>
    heavy.includes(name) || !BROKEN.slice(at + 1).some((other) => other.rule === rule),
);

describe('a broken flist', () => {
  it.each(someBroken)('with $name is refused', async ({ sql, rule }) => {
    const { folder, file } = broken(sql);

    const verified = await call('verify', file);
    const extracted = await call('extract', file, '-o', join(folder, 'out'));

    expect(verified).toEqual({ status: 1, rules: expect.arrayContaining([rule]) });
    expect(extracted).toEqual({ status: 1, rules: expect.arrayContaining([rule]) });
    expect(readdirSync(folder)).toEqual(['tree.fl']);
    expect(readdirSync(flist.work.path).sort()).toEqual(['broken', 'store', 'tree', 'tree.fl']);
  });

  it.each(ODD)('with $name is only warned of', async ({ sql, rule }) => {
    const { file } = broken(sql);

    expect(await call('verify', file)).toEqual({ status: 0, rules: [rule] });
  });

  it.each([
    { rule: 'block-missing', sql: 'UPDATE block SET id = zeroblob(32)', status: 1 },
    { rule: 'block-key', sql: 'UPDATE block SET key = zeroblob(32)', status: 1 },
    { rule: 'block-damaged', sql: `UPDATE block SET id = x'${'ab'.repeat(32)}'`, status: 1 },
    { rule: 'block-size', sql: "UPDATE inode SET size = 599999 WHERE name = 'file'", status: 1 },
    { rule: 'route-unreachable', sql: "UPDATE route SET url = 'http://127.0.0.1:9/'", status: 3 },
  ])('ends with $status for $rule, and leaves no wrong file', async ({ rule, sql, status }) => {
    const { folder, file } = broken(sql);
    const { stored } = (await openBlockCodec()).encode(Buffer.from('another'));
    mkdirSync(join(flist.store, 'ab'), { recursive: true });
    writeFileSync(join(flist.store, 'ab', 'ab'.repeat(32)), stored);

    const verified = await call('verify', file);
    const extracted = await run(LOCKSTEP, ['flist', 'extract', file, '-o', join(folder, 'out')]);

    expect(verified.status).toBe(status);
    expect(new Set(verified.rules)).toEqual(new Set([rule]));
    expect(extracted.status).toBe(status);
    expect(extracted.stderr).toContain(rule);
    const left = readdirSync(join(folder, 'out'), { recursive: true, encoding: 'utf8' });
    expect(left.filter((name) => name.endsWith('/file'))).toEqual([]);
  });

  it('ends with 1 when a pattern matches nothing, as tree does', async () => {
    const { folder, file } = broken('SELECT 1');
    const lockstep = (...words: string[]) => run(LOCKSTEP, ['flist', ...words]);
    const out = ['-o', join(folder, 'out')];

    expect((await lockstep('extract', file, 'nothing/*', ...out)).status).toBe(1);
    expect((await lockstep('tree', file, 'nothing/*')).status).toBe(1);
    expect((await lockstep('extract', file, ...out)).status).toBe(0);
  });
});
