import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../system/process.ts';
import { aFlist, mayMount, type TestFlist } from '../testing/flist.ts';
import { TestMount } from '../testing/mounted.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

const fill = (folder: string) => {
  mkdirSync(join(folder, 'deep'));
  for (let at = 0; at < 200; at++) writeFileSync(join(folder, `deep/file-${at}`), `content ${at}`);
  writeFileSync(join(folder, 'large'), Buffer.alloc(3_000_000, 'lockstep'));
  chmodSync(join(folder, 'large'), 0o640);
  symlinkSync('deep/file-1', join(folder, 'link'));
  for (let at = 0; at < 12; at++) execFileSync('mknod', [join(folder, `aa-${at}`), 'c', '1', '3']);
};

const mountOf = ({ work, manifest }: TestFlist) => new TestMount(manifest, work.path);

describe.runIf(mayMount)('a mounted flist', () => {
  it('shows what was packed: content, permissions, links, devices behind each other', async () => {
    await using flist = await aFlist(fill);
    await using mount = await mountOf(flist).ready();

    const { status, stdout } = await run('diff', [
      '-r',
      '--no-dereference',
      flist.folder,
      mount.target,
    ]);

    expect(stdout).toBe('');
    expect(status).toBe(0);
    expect(await readlink(join(mount.target, 'link'))).toBe('deep/file-1');
    const [large, device, root] = await Promise.all(
      ['large', 'aa-7', ''].map((name) => lstat(join(mount.target, name))),
    );
    expect({ mode: (large?.mode ?? 0) & 0o7777, nlink: large?.nlink }).toEqual({
      mode: 0o640,
      nlink: 1,
    });
    expect(device).toMatchObject({ rdev: 0x103 });
    expect(root?.nlink).toBe(3);
    expect((await readdir(mount.target)).sort()).toEqual(readdirSync(flist.folder).sort());
  });

  it('goes with SIGTERM, and takes away what a killed one has left', async () => {
    await using flist = await aFlist(fill);
    const killed = await mountOf(flist).ready();
    // The kernel remembers what it was told of the root, also when nobody serves it any more.
    await lstat(killed.target);
    await killed.end('SIGKILL');

    const again = await mountOf(flist).ready();
    expect(readFileSync('/proc/self/mounts', 'utf8').split(again.target)).toHaveLength(2);
    expect(await readFile(join(again.target, 'deep/file-3'), 'utf8')).toBe('content 3');
    await again.end('SIGTERM');

    expect(readFileSync('/proc/self/mounts', 'utf8')).not.toContain(again.target);
  });

  it('is unmounted when its server was killed', async () => {
    await using flist = await aFlist(fill);
    await using killed = await mountOf(flist).ready();
    await killed.end('SIGKILL');
    const mounts = () => readFileSync('/proc/self/mounts', 'utf8');
    expect(mounts()).toContain(killed.target);

    const { status, stderr } = await run(LOCKSTEP, ['flist', 'umount', killed.target]);

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(mounts()).not.toContain(killed.target);
  });

  it.each([
    ['cache', ['-c', 'mnt/cache', 'mnt']],
    ['store', ['-c', 'cache', 'store']],
  ])(
    'refuses a place that its %s lies in: those who read there would wait forever',
    async (what, args) => {
      await using flist = await aFlist(fill);
      const call = ['flist', 'mount', '-C', flist.work.path, '-m', flist.manifest, ...args];

      const { status, stderr } = await run(LOCKSTEP, call);

      expect({ status, stderr }).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(`the ${what} ${flist.work.path}`),
      });
    },
  );

  it('can be mounted by everybody in a user namespace of their own', async () => {
    await using flist = await aFlist(fill);
    const { work, manifest } = flist;
    chmodSync(work.path, 0o777);
    const target = join(work.path, 'mine');
    const script = `set -e
      "$0" flist mount -d -m ${manifest} -c ${work.path}/cache ${target}
      id -u; cat ${target}/deep/file-7; stat -c ' %a' ${target}/large; wc -c < ${target}/large
      "$0" flist umount ${target}; ls ${target} | wc -l`;
    // The device may be for root alone on this machine; elsewhere it is for everybody.
    const device = `mknod -m 666 ${work.path}/fuse c 10 229; mount --bind ${work.path}/fuse /dev/fuse`;
    const user = 'setpriv --reuid=65534 --regid=65534 --clear-groups';
    const asUser = `${device}; exec ${user} unshare -Urm sh -c "$1" "$0"`;

    const { status, stdout, stderr } = await run('unshare', [
      '-m',
      '--propagation',
      'private',
      'sh',
      '-c',
      asUser,
      LOCKSTEP,
      script,
    ]);

    expect(stderr).toBe('');
    expect(stdout).toBe('0\ncontent 7 640\n3000000\n0\n');
    expect(status).toBe(0);
  });

  it('reads from its cache without a store, and believes no block in it unseen', async () => {
    await using flist = await aFlist(fill);
    const first = await mountOf(flist).ready();
    await run('sh', ['-c', `find ${first.target} -type f -exec cat {} + > /dev/null`]);
    await first.end('SIGTERM');
    renameSync(flist.store, `${flist.store}.away`);
    const small = flist.entries.find(({ path }) => path === 'deep/file-5')?.blocks?.[0];
    const id = Buffer.from(small?.id ?? []).toString('hex');
    writeFileSync(join(first.cache, id.slice(0, 2), id.slice(2, 4), id), 'rotten 15');

    await using mount = await mountOf(flist).ready();

    expect((await readFile(join(mount.target, 'large'))).length).toBe(3_000_000);
    await expect(readFile(join(mount.target, 'deep/file-5'))).rejects.toMatchObject({
      code: 'EIO',
    });
    renameSync(`${flist.store}.away`, flist.store);
    expect(await readFile(join(mount.target, 'deep/file-5'), 'utf8')).toBe('content 5');
  });
});
