import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBlockCodec } from './block/codec.ts';
import { chooseEntries, type ExtractOptions, extractEntries } from './extract.ts';
import type { FlistEntry } from './manifest/entries.ts';
import { openReaders } from './store/open.ts';
import { parseRoute } from './store/route.ts';
import { openBlockSource } from './store/source.ts';
import { aFlist, connection } from './testing/flist.ts';

async function extract(
  { entries, store }: { entries: readonly FlistEntry[]; store: string },
  folder: string,
  options?: ExtractOptions,
) {
  const routes = openReaders([parseRoute(`dir://${store}`)], connection);
  const source = openBlockSource(routes, await openBlockCodec());
  return extractEntries(entries, { folder, source }, options);
}

const fill = (folder: string) => {
  mkdirSync(join(folder, 'deep/er'), { recursive: true });
  writeFileSync(join(folder, 'deep/er/file'), Buffer.alloc(700_000, 9));
  chmodSync(join(folder, 'deep/er/file'), 0o4711);
  symlinkSync('er/file', join(folder, 'deep/link'));
  utimesSync(join(folder, 'deep/er/file'), 1_000_000_000, 1_000_000_000);
  utimesSync(join(folder, 'deep/er'), 1_100_000_000, 1_100_000_000);
  chmodSync(join(folder, 'deep/er'), 0o500);
};

describe('extractEntries', () => {
  it('writes files, links, permissions and times', async () => {
    await using flist = await aFlist(fill);
    const out = join(flist.work.path, 'out');

    expect(await extract(flist, out)).toEqual({ files: 1, findings: [] });

    const file = lstatSync(join(out, 'deep/er/file'));
    expect(readFileSync(join(out, 'deep/er/file')).equals(Buffer.alloc(700_000, 9))).toBe(true);
    expect({ mode: file.mode & 0o7777, time: file.mtimeMs }).toEqual({ mode: 0o711, time: 1e12 });
    expect(readlinkSync(join(out, 'deep/link'))).toBe('er/file');
    const folder = lstatSync(join(out, 'deep/er'));
    expect({ mode: folder.mode & 0o7777, time: folder.mtimeMs }).toEqual({
      mode: 0o500,
      time: 1.1e12,
    });
  });

  it('gives times before 1970', async () => {
    await using flist = await aFlist((folder) => {
      writeFileSync(join(folder, 'old'), 'x');
      utimesSync(join(folder, 'old'), new Date(-1e9), new Date(-1e9));
    });
    const out = join(flist.work.path, 'out');

    await extract(flist, out);

    expect(lstatSync(join(out, 'old')).mtimeMs).toBe(-1e9);
  });

  it.runIf(process.getuid?.() === 0)(
    'gives owners, set-id bits and devices with preserve',
    async () => {
      await using flist = await aFlist((folder) => {
        fill(folder);
        execFileSync('mknod', [join(folder, 'null'), 'c', '1', '3']);
        chownSync(join(folder, 'deep/er/file'), 12, 34);
        chmodSync(join(folder, 'deep/er/file'), 0o4711);
      });
      const out = join(flist.work.path, 'out');

      await extract(flist, out, { preserve: true });

      const { mode, uid, gid } = lstatSync(join(out, 'deep/er/file'));
      expect({ mode: mode & 0o7777, uid, gid }).toEqual({ mode: 0o4711, uid: 12, gid: 34 });
      expect(lstatSync(join(out, 'null')).rdev).toBe(0x103);
    },
  );

  it('takes only what matches, with its folders', async () => {
    await using flist = await aFlist(fill);
    const out = join(flist.work.path, 'out');

    const entries = chooseEntries(flist.entries, 'deep/link');
    await extract({ store: flist.store, entries }, out);

    expect(lstatSync(join(out, 'deep/link')).isSymbolicLink()).toBe(true);
    expect(existsSync(join(out, 'deep/er'))).toBe(false);
  });

  it('replaces nothing and writes through no link', async () => {
    await using flist = await aFlist(fill);
    const out = join(flist.work.path, 'out');
    const elsewhere = join(flist.work.path, 'elsewhere');
    mkdirSync(out);
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(out, 'deep'));

    await expect(extract(flist, out)).rejects.toMatchObject({ code: 'conflict' });
    expect(existsSync(join(elsewhere, 'er'))).toBe(false);
  });
});
