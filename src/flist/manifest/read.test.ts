import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { httpTransport } from '../../oci/remote/transport.ts';
import { passes } from '../../system/finding.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { packFolder } from '../pack/pack.ts';
import { parseRoute } from '../store/route.ts';
import { BROKEN, breakManifest, ODD } from '../testing/broken.ts';
import { readManifest } from './read.ts';

let packed: TemporaryFolder;

/** Packs a folder with a file of two blocks and a link. */
beforeAll(async () => {
  packed = await temporaryFolder();
  const work = packed;
  const folder = join(work.path, 'tree');
  mkdirSync(join(folder, 'folder'), { recursive: true });
  writeFileSync(join(folder, 'folder/file'), Buffer.alloc(600_000, 5));
  symlinkSync('file', join(folder, 'folder/link'));
  const manifest = join(work.path, 'tree.fl');
  await packFolder(
    { folder, manifest, stores: [parseRoute(`dir://${work.path}/store`)] },
    { transport: httpTransport({ env: {} }) },
  );
});
afterAll(() => packed[Symbol.asyncDispose]());

/** A copy of that flist, to be broken. */
async function aManifest(work: TemporaryFolder): Promise<string> {
  const path = join(work.path, 'tree.fl');
  copyFileSync(join(packed.path, 'tree.fl'), path);
  return path;
}

const rulesOf = (path: string) => readManifest(path).findings.map(({ rule }) => rule);

describe('readManifest', () => {
  it.each(BROKEN)('names $name', async ({ sql, rule }) => {
    await using work = await temporaryFolder();
    const path = await aManifest(work);
    breakManifest(path, sql);

    const { findings } = readManifest(path);

    expect(passes(findings)).toBe(false);
    expect(findings.map((finding) => finding.rule)).toContain(rule);
  });

  it.each(ODD)('warns of $name', async ({ sql, rule }) => {
    await using work = await temporaryFolder();
    const path = await aManifest(work);
    breakManifest(path, sql);

    const { manifest, findings } = readManifest(path);

    expect(manifest).toBeDefined();
    expect(findings.map((finding) => `${finding.severity} ${finding.rule}`)).toEqual([
      `warning ${rule}`,
    ]);
  });

  it('names a file that is cut, and one that is no database', async () => {
    await using work = await temporaryFolder();
    const path = await aManifest(work);
    truncateSync(path, 8192);
    const other = join(work.path, 'other');
    writeFileSync(other, 'hello');

    expect(rulesOf(path)).toEqual(['manifest-damaged']);
    expect(rulesOf(other)).toEqual(['manifest-damaged']);
  });

  it('tells the first of many findings, and how many more there are', async () => {
    await using work = await temporaryFolder();
    const path = await aManifest(work);
    breakManifest(
      path,
      `WITH RECURSIVE n(i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM n WHERE i < 5009)
        INSERT INTO inode SELECT i, 1, 'a/b', 0, 0, 0, 33188, 0, 0, 0 FROM n`,
    );

    const { findings } = readManifest(path);

    expect(findings.filter(({ rule }) => rule === 'unsafe-name')).toHaveLength(21);
    expect(findings.map(({ message }) => message)).toContain(
      'and 4980 more of the rule unsafe-name',
    );
  });

  it('takes any damage of the bytes for a finding and leaves no file beside', async () => {
    await using work = await temporaryFolder();
    const path = await aManifest(work);
    const whole = readFileSync(path);

    for (let at = 100; at < whole.length; at += 997) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x55;
      writeFileSync(path, bytes);
      expect(() => readManifest(path)).not.toThrow();
    }

    expect(readdirSync(work.path).sort()).toEqual(['tree.fl']);
  });
});
