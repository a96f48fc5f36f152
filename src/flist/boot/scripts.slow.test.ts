import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { release } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { packFolder } from '../pack/pack.ts';
import { parseRoute } from '../store/route.ts';
import { connection, mayMount } from '../testing/flist.ts';
import { bootFiles } from './units.ts';

const BIN = join(import.meta.dirname, '../../../bin');

let work: TemporaryFolder;
const at = (path: string) => join(work.path, path);

beforeAll(async () => {
  work = await temporaryFolder();
  for (const { path, text } of bootFiles('zinit', { folder: at('flists'), wait: 60 }))
    lay(at(path), text);
  mkdirSync(at('flists'));
});

afterAll(() => work[Symbol.asyncDispose]());

function lay(place: string, text: string): void {
  mkdirSync(join(place, '..'), { recursive: true });
  writeFileSync(place, text);
}

/** Packs a tree with what a script looks at; `route`: where the manifest says that blocks are. */
async function pack(name: string, files: Record<string, string>, route?: string): Promise<void> {
  for (const [path, text] of Object.entries(files)) lay(at(`${name}/${path}`), text);
  const stores = [parseRoute(`dir://${at('store')}`)];
  await packFolder(
    { folder: at(name), manifest: at(`flists/${name}.fl`), stores },
    { ...connection, routes: route == null ? stores : [parseRoute(route)] },
  );
}

const modulesOf = (kernel: string) => ({
  'modules.dep': 'kernel/x.ko:\n',
  'modules.dep.bin': 'an index',
  'kernel/x.ko': `\0license=GPL\0vermagic=${kernel} SMP mod_unload\0`,
});

/** Runs words of a shell over this machine as it is; what they change goes with them. */
async function onMachine(words: string): Promise<string[]> {
  mkdirSync(at('root'), { recursive: true });
  // A file would be cut by everybody who writes to it.
  const script = `set -e
    rm -f ${at('console')}; mkfifo ${at('console')}; exec 9<> ${at('console')}
    cat <&9 > ${at('said')} & reader=$!
    mount -t tmpfs none ${at('root')}; cd ${at('root')}; mkdir new upper work
    mount -t overlay none -o lowerdir=/,upperdir=$PWD/upper,workdir=$PWD/work new
    mount -t proc proc new/proc; mount --rbind /dev new/dev
    mount --bind ${at('console')} new/dev/console
    chroot new sh -c "$0"
    echo end >&9; until grep -q '^end$' ${at('said')}; do sleep 0.1; done; kill $reader`;
  const ended = `${words}\nfor place in $(sed -n 's/^[^ ]* \\([^ ]*\\) fuse.lockstep .*/\\1/p' /proc/mounts); do
    echo mounted $place > /dev/console; umount -f -l $place; done`;
  const env = { ...process.env, PATH: `${BIN}:${process.env.PATH}` };
  await runOk('unshare', ['-m', '--propagation', 'private', 'sh', '-c', script, ended], { env });
  return readFileSync(at('said'), 'utf8').trim().split('\n').slice(0, -1);
}

const KEPT = 'the files of the initramfs stay in use';

describe.runIf(mayMount)('scripts that mount flists at boot', () => {
  it.each(['busybox sh', 'sh'])('mount firmware and modules with %s, and once', async (shell) => {
    await pack('firmware-latest', { 'a/b.bin': 'content\n' });
    await pack(`modules-${release()}`, modulesOf(release()));
    const script = (name: string) => `${shell} ${at(`etc/zinit/init/${name}.sh`)}`;

    const said = await onMachine(
      `${script('firmware')}; ${script('modules')}; ${script('firmware')}; cat /lib/firmware/a/b.bin > /dev/console`,
    );

    const modules = `/usr/lib/modules/${release()}`;
    expect(said).toEqual(
      expect.arrayContaining([
        `firmware: /usr/lib/firmware is ${at('flists/firmware-latest.fl')}`,
        `modules: ${modules} is ${at(`flists/modules-${release()}.fl`)}`,
        'firmware: /usr/lib/firmware is mounted already',
        'content',
        'mounted /usr/lib/firmware',
        `mounted ${modules}`,
      ]),
    );
  });

  it('say what is wrong and leave the files of the initramfs in use', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address() as AddressInfo;
    const none = { 'c.bin': 'what the cache has not seen' };
    await pack('silent', none, `http://127.0.0.1:${port}/blocks`);
    await pack('refused', none, 'http://127.0.0.1:9/blocks');
    await pack('other', modulesOf('6.0.0-other'));
    const call = (name: string, flist: string) =>
      `${name.toUpperCase()}_FLIST=${at(`flists/${flist}.fl`)} busybox sh ${at(`etc/zinit/init/${name}.sh`)}`;

    const said = await onMachine(`export FLIST_WAIT=2
      ${call('firmware', 'silent')}; ${call('firmware', 'refused')}
      ${call('modules', 'other')}; ${call('modules', 'none')}
      RFS_BIN=/bin/rfs ${call('modules', 'other')}`);
    silent.close();

    expect(said).toEqual([
      `firmware: the store did not answer; ${KEPT}`,
      `firmware: the store did not answer; ${KEPT}`,
      `modules: ${at('flists/other.fl')} holds modules of 6.0.0-other; ${KEPT}`,
      `modules: ${at('flists/none.fl')} is not there; ${KEPT}`,
      expect.stringMatching(/^modules: (?:rfs needs fusermount|.*could not be mounted)/),
    ]);
  });
});
