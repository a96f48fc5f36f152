import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { encodeName } from '../name.ts';
import { bytesOf, chunksOf, entriesOf } from '../testing/tar.ts';
import { writeTar } from './write.ts';

const tar = (folder: string, ...args: string[]) => execFileSync('tar', args, { cwd: folder });

describe('readTar beside GNU tar', () => {
  it.each(['v7', 'oldgnu', 'gnu', 'ustar', 'pax'])(
    'reads names, links and content of format %s',
    async (format) => {
      await using folder = await temporaryFolder();
      const long = format === 'v7' ? 'd/short' : `d/${'long-name-'.repeat(9)}`;
      const deep = `${'deep/'.repeat(25)}f`;
      const paths =
        format === 'v7' || format === 'ustar' ? [long] : [long, deep, `d/${'n'.repeat(200)}`];
      for (const file of paths) {
        await mkdir(join(folder.path, file, '..'), { recursive: true });
        await writeFile(join(folder.path, file), `content of ${file}`);
      }
      execFileSync(
        'sh',
        [
          '-c',
          `ln -s ${'t'.repeat(80)} d/soft; ln "$1" d/hard; printf x > "d/$(printf 'caf\\351')"`,
          'sh',
          long,
        ],
        { cwd: folder.path },
      );
      const archive = tar(
        folder.path,
        '--create',
        `--format=${format}`,
        '--sort=name',
        '--file=-',
        '.',
      );
      const entries = await entriesOf(chunksOf(archive, 777));
      const listed = execFileSync('tar', ['--list', '--quoting-style=literal', '--file=-'], {
        input: archive,
      });
      const names = entries.map(({ header }) => {
        const slash = header.type === 'directory' ? '/' : '';
        return encodeName(header.path + slash).toString('latin1');
      });
      expect(names).toEqual(listed.toString('latin1').trimEnd().split('\n'));
      for (const file of paths) {
        const found = entries.find(({ header }) => header.path === `./${file}`);
        const content = found?.header.type === 'hardlink' ? undefined : found?.content.toString();
        expect(content ?? `content of ${file}`).toBe(`content of ${file}`);
      }
      expect(entries.filter(({ header }) => header.type === 'hardlink')).toHaveLength(1);
    },
  );

  it.each([
    ['gnu', []],
    ['pax', ['--sparse-version=0.0']],
    ['pax', ['--sparse-version=0.1']],
    ['pax', ['--sparse-version=1.0']],
  ])('fills the holes of sparse files, format %s %j', async (format, more) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'holes');
    await writeFile(file, '');
    execFileSync(
      'sh',
      [
        '-c',
        'for i in 1 3 5 8 13 21 34 55 60 70 80; do echo "data $i" | dd of=holes bs=64k seek=$i conv=notrunc status=none; done; truncate -s 6M holes',
      ],
      { cwd: folder.path },
    );
    const archive = tar(
      folder.path,
      '--create',
      '--sparse',
      `--format=${format}`,
      ...more,
      '--file=-',
      'holes',
    );
    const [entry] = await entriesOf(chunksOf(archive, 4096));
    expect(entry?.header).toMatchObject({ path: 'holes', size: 6 << 20 });
    expect(entry?.content.equals(await bytesOf(createReadStream(file)))).toBe(true);
    expect(archive.length).toBeLessThan(1 << 20);
  });

  it('reads large owners and times below a second', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'f'), 'x');
    const args = [
      '--create',
      '--owner=:3000000',
      '--group=:2500000',
      '--mtime=2001-02-03T04:05:06.789012345Z',
      '--file=-',
      'f',
    ];
    const [pax] = await entriesOf(chunksOf(tar(folder.path, '--format=pax', ...args)));
    const [gnu] = await entriesOf(chunksOf(tar(folder.path, '--format=gnu', ...args)));
    const wanted = { uid: 3_000_000, gid: 2_500_000, mtime: 981_173_106 };
    expect(pax?.header).toMatchObject({ ...wanted, nanoseconds: 789_012_345 });
    expect(gnu?.header).toMatchObject(wanted);
  });
});

describe('writeTar beside GNU tar', () => {
  it('writes what GNU tar unpacks to the same files', async () => {
    await using folder = await temporaryFolder();
    const long = `${'folder-with-a-name/'.repeat(15)}file`;
    const archive = await bytesOf(
      writeTar([
        { header: { path: 'd', type: 'directory' } },
        {
          header: { path: 'd/f', mode: 0o4755, mtime: 981_173_106, nanoseconds: 789_012_345 },
          body: 'hello',
        },
        { header: { path: 'd/h', type: 'hardlink', linkPath: 'd/f' } },
        { header: { path: 'd/s', type: 'symlink', linkPath: 'x'.repeat(180) } },
        { header: { path: 'caf\udce9' }, body: 'latin' },
        { header: { path: long }, body: 'deep' },
      ]),
    );
    execFileSync('tar', ['--extract', '--file=-'], { cwd: folder.path, input: archive });
    const said = execFileSync(
      'sh',
      [
        '-c',
        `cat d/f d/h "$(printf 'caf\\351')" ${long}; readlink d/s; stat -c '%h %a %.9Y' d/f; stat -c %Y d/h`,
      ],
      { cwd: folder.path },
    );
    expect(said.toString()).toBe(
      `hellohellolatindeep${'x'.repeat(180)}\n2 4755 981173106.789012345\n981173106\n`,
    );
  });

  it('keeps binary extended attributes as GNU tar lists them', async () => {
    const value = Buffer.from('0100000200c0ffee000000000000000000000000', 'hex');
    const archive = await bytesOf(
      writeTar([{ header: { path: 'ping', xattrs: { 'security.capability': value } }, body: 'x' }]),
    );
    const listed = execFileSync(
      'tar',
      ['--list', '--xattrs', '--xattrs-include=*', '-vv', '--file=-'],
      {
        input: archive,
      },
    );
    expect(listed.toString()).toContain('x: 20 security.capability');
    const [entry] = await entriesOf(chunksOf(archive));
    expect(entry?.header.xattrs?.['security.capability']).toEqual(value);
  });
});
