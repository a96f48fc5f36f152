import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bootFiles } from '../src/flist/boot/units.ts';
import { packFolder } from '../src/flist/pack/pack.ts';
import { parseRoute } from '../src/flist/store/route.ts';
import { connection } from '../src/flist/testing/flist.ts';
import { type Radosgw, startRadosgw } from '../src/flist/testing/radosgw.ts';
import {
  aFile,
  aSymlink,
  filesOfFolder,
  putFiles,
  type RootFiles,
} from '../src/release/initramfs/root-files.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { makeSpareDisk } from '../src/vm/disk.ts';
import type { GuestDisk } from '../src/vm/qemu.ts';
import { bootRoot, busyboxRoot, type GuestKernel, guestKernel } from './flist-guest.ts';

/** The store runs in a root of its own, which takes root's rights. */
const isRoot = process.getuid?.() === 0;

/** This machine, as a guest sees it. */
const HOST = '10.0.2.2';

let work: TemporaryFolder;
let server: Radosgw;
let silent: Server;
let kernel: GuestKernel;
let root: RootFiles;
let disk: GuestDisk;
const firmware = randomBytes(700_000);
const at = (name: string) => join(work.path, name);

beforeAll(async () => {
  if (!isRoot) return;
  work = await temporaryFolder();
  server = await startRadosgw();
  silent = createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  kernel = await guestKernel(work.path);
  mkdirSync(at('firmware/lockstep'), { recursive: true });
  writeFileSync(at('firmware/lockstep/test.bin'), firmware);
  root = await busyboxRoot(kernel, work.path);
  await packFlists();
  for (const { path, mode, text, isLink } of bootFiles('zinit', {
    folder: '/etc/flists',
    wait: 60,
  }))
    putFiles(root, [[path, isLink ? aSymlink(text) : aFile(text, mode)]]);
  disk = await makeSpareDisk(at('cache.raw'), 256 * 2 ** 20, 0);
  execFileSync('mke2fs', ['-q', '-t', 'ext4', disk.path], { env: { PATH: '/usr/sbin:/sbin' } });
});

afterAll(async () => {
  silent?.close();
  await server?.[Symbol.asyncDispose]();
  await work?.[Symbol.asyncDispose]();
});

/** The flists of the machine, one of another kernel, and one whose store says nothing. */
async function packFlists(): Promise<void> {
  const flists = at('flists/etc/flists');
  mkdirSync(flists, { recursive: true });
  const pack = (folder: string, name: string, [store, route]: [string, string]) =>
    packFolder(
      { folder, manifest: join(flists, `${name}.fl`), stores: [parseRoute(store)] },
      { ...connection, routes: [parseRoute(route)], keepPasswords: true },
    );
  const bucket: [string, string] = [server.url('write'), server.url('read', '', HOST)];
  await pack(kernel.modules, `modules-${kernel.release}`, bucket);
  await pack(at('firmware'), 'firmware-latest', bucket);

  const other = at('other');
  cpSync(kernel.modules, other, { recursive: true });
  for (const name of readdirSync(other, { recursive: true, encoding: 'utf8' })) {
    const place = join(other, name);
    if (!place.endsWith('.ko')) continue;
    const module = readFileSync(place, 'latin1').replaceAll(kernel.release, '6.1.0-00-amd64');
    writeFileSync(place, module, 'latin1');
  }
  const inside = `dir://${at('flists/blocks')}`;
  await pack(other, 'other', [inside, 'dir:///blocks']);
  const { port } = silent.address() as AddressInfo;
  writeFileSync(at('firmware/lockstep/other.bin'), 'nobody has seen this');
  await pack(at('firmware'), 'silent', [inside, `http://${HOST}:${port}/blocks`]);
  putFiles(root, filesOfFolder(at('flists')));
}

/** What a machine does before and after its units. */
const first = (units: string) => `#!/lockstep/busybox sh
export PATH=/usr/sbin:/usr/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for module in /lockstep/modules/*; do insmod $module; done
say() { echo "guest: $*" > /dev/console; }
unit() { sh -c "$(sed -n 's/^exec: //p' /etc/zinit/flist-$1.yaml)"; }
hash() { sha256sum < $1 | cut -d ' ' -f 1; }
modprobe virtio_net
ip link set lo up; ip addr add 10.0.2.15/24 dev eth0; ip link set eth0 up
${units}
say the boot goes on
sed -n 's/^[^ ]* \\([^ ]*\\) fuse.lockstep .*/\\1/p' /proc/mounts | while read place; do say mounted $place; done
modprobe dummy && grep -q '^dummy .* Live' /proc/modules && say dummy is loaded
[ -e /usr/lib/firmware/lockstep/test.bin ] && say firmware is $(hash /usr/lib/firmware/lockstep/test.bin)
if modprobe test_firmware; then
  printf lockstep/test.bin > /sys/devices/virtual/misc/test_firmware/trigger_request
  say the kernel read $(hash /dev/test_firmware)
fi
sync
poweroff -f
`;

const WITH_CACHE = `modprobe ext4; mkdir -p /var/cache/flist; mount -t ext4 /dev/vda /var/cache/flist
unit firmware; unit modules; unit coldplug`;

const boot = (units: string, disks: GuestDisk[] = []) =>
  bootRoot(root, { kernel, folder: work.path, first: first(units), disks });

/** What everybody sees who has the flists mounted. */
function expectMounted({ lines, end }: Awaited<ReturnType<typeof boot>>): void {
  const sha256 = createHash('sha256').update(firmware).digest('hex');
  expect(lines).toEqual(
    expect.arrayContaining([
      'firmware: /usr/lib/firmware is /etc/flists/firmware-latest.fl',
      `modules: /usr/lib/modules/${kernel.release} is /etc/flists/modules-${kernel.release}.fl`,
      'guest: the boot goes on',
      'guest: mounted /usr/lib/firmware',
      `guest: mounted /usr/lib/modules/${kernel.release}`,
      'guest: dummy is loaded',
      `guest: firmware is ${sha256}`,
      `guest: the kernel read ${sha256}`,
    ]),
  );
  expect(end).toBe('itself');
}

describe.runIf(isRoot)('a machine that boots from flists with scripts of zinit', () => {
  it('loads modules and firmware that the initramfs does not have', async () => {
    expect([...root.keys()].some((path) => path.endsWith('/dummy.ko'))).toBe(false);

    expectMounted(await boot(WITH_CACHE, [disk]));
  });

  it('does so from its cache when the store is gone', async () => {
    await server.stop();

    expectMounted(await boot(WITH_CACHE, [disk]));
  });

  it('goes on with its initramfs when the store says nothing, or modules are of another kernel', async () => {
    const { lines, end } = await boot(`export FLIST_WAIT=8
FIRMWARE_FLIST=/etc/flists/silent.fl unit firmware
unit modules
MODULES_FLIST=/etc/flists/other.fl unit modules
MODULES_FLIST=/etc/flists/none.fl unit modules`);

    const place = `/etc/flists/modules-${kernel.release}.fl`;
    const kept = 'the files of the initramfs stay in use';
    expect(lines).toEqual(
      expect.arrayContaining([
        `firmware: the store did not answer; ${kept}`,
        `modules: the store did not answer; ${kept}`,
        `modules: /etc/flists/other.fl holds modules of 6.1.0-00-amd64; ${kept}`,
        `modules: /etc/flists/none.fl is not there; ${kept}`,
        'guest: the boot goes on',
      ]),
    );
    expect(lines.join('\n')).not.toContain(`is ${place}`);
    expect(lines.join('\n')).not.toContain('guest: mounted');
    expect(end).toBe('itself');
  });
});
