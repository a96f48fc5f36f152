import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Radosgw, startRadosgw, USERS } from '../src/flist/testing/radosgw.ts';
import type { BuiltInitramfs } from '../src/release/initramfs/build.ts';
import { STAGES } from '../src/release/initramfs/stage.ts';
import { digestOf } from '../src/system/digest.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { type Call, lockstep } from './project.ts';

/** The store runs in a root of its own, which takes root's rights. */
const isRoot = process.getuid?.() === 0;

let work: TemporaryFolder;
let server: Radosgw;
const firmware = randomBytes(300_000);

/** The store is `localhost` for both: in the guest that is the machine that the tests run on. */
const OVERLAY: Record<string, string> = {
  'etc/hosts': '10.0.2.2 localhost\n',
  'etc/machine-id': `${'5'.repeat(32)}\n`,
  'etc/systemd/network/10-card.network': `[Match]
Driver=virtio_net
[Network]
Address=10.0.2.15/24
LinkLocalAddressing=no
`,
  'etc/systemd/system/proof.service': `[Unit]
After=flist-coldplug.service
[Service]
Type=oneshot
ExecStart=/bin/sh /usr/lib/proof.sh
`,
  'usr/lib/proof.sh': `say() { echo "proof: $*" > /dev/console; }
modprobe dummy && grep -q '^dummy .* Live' /proc/modules && say dummy is loaded
say firmware is $(sha256sum < /usr/lib/firmware/lockstep/test.bin | cut -d ' ' -f 1)
systemctl is-failed --quiet flist-firmware flist-modules flist-coldplug || say no unit failed
`,
};

const WANTED = 'etc/systemd/system/multi-user.target.wants';

beforeAll(async () => {
  if (!isRoot) return;
  work = await temporaryFolder();
  server = await startRadosgw();
  const files = { ...OVERLAY, '../rfs.conf': conf(), '../initramfs.yaml': config() };
  for (const [path, text] of Object.entries(files)) lay(join(work.path, 'overlay', path), text);
  lay(join(work.path, 'firmware/lockstep/test.bin'), firmware);
  mkdirSync(join(work.path, 'overlay', WANTED), { recursive: true });
  for (const name of ['/lib/systemd/system/systemd-networkd.service', '../proof.service'])
    symlinkSync(name, join(work.path, 'overlay', WANTED, name.split('/').at(-1) ?? ''));
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await work?.[Symbol.asyncDispose]();
});

function lay(place: string, text: string | Buffer): void {
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
}

function conf(): string {
  return `S3_ENDPOINT=http://localhost:${server.port}
S3_REGION=garage
S3_BUCKET=${server.bucket}
S3_ACCESS_KEY=${USERS.write.user}
S3_SECRET_KEY=${USERS.write.password}
READ_ACCESS_KEY=${USERS.read.user}
READ_SECRET_KEY=${USERS.read.password}
ROUTE_PATH=/${server.bucket}
`;
}

function config(): string {
  const sha256 = digestOf(firmware).slice('sha256:'.length);
  return `version: 1
suite: bookworm
kernel: linux-image-cloud-amd64
packages: [kmod, mount, udev, systemd-sysv]
modules: [fuse, virtio_net, virtio_pci]
init: systemd
overlay: overlay
flists: { conf: rfs.conf, firmware: firmware }
wait: 120
boot:
  expect: ['proof: dummy is loaded', 'proof: firmware is ${sha256}', 'proof: no unit failed']
`;
}

const make = (...args: string[]): Promise<Call> =>
  lockstep(work, ['flist', 'initramfs', '--json', ...args]);

function documentOf({ status, stdout, stderr }: Call): BuiltInitramfs {
  expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
  return JSON.parse(stdout) as BuiltInitramfs;
}

const statesOf = ({ stages }: BuiltInitramfs) =>
  Object.fromEntries(stages.map(({ stage, state }) => [stage, state]));

describe.runIf(isRoot)('lockstep flist initramfs', () => {
  let first: BuiltInitramfs;

  it('makes one that boots with units of systemd and has modules and firmware from flists', async () => {
    const call = await make();

    first = documentOf(call);
    expect(first.stages.map(({ stage }) => stage)).toEqual(STAGES);
    expect(first.flists.map(({ manifest }) => manifest)).toEqual([
      'firmware-latest.fl',
      `modules-${first.kernel}.fl`,
    ]);
    expect(call.stderr).not.toContain(USERS.write.password);
  });

  it('does nothing again when nothing has changed', async () => {
    const again = documentOf(await make());

    expect(new Set(again.stages.map(({ state }) => state))).toEqual(new Set(['reused']));
    expect(again.digest).toBe(first.digest);
  });

  it('gives the same bytes when all of it is made anew', async () => {
    rmSync(join(work.path, '.lockstep/initramfs'), { recursive: true });
    rmSync(join(work.path, 'dist'), { recursive: true });

    const anew = documentOf(await make('--no-boot'));

    expect(anew.digest).toBe(first.digest);
    expect(anew.flists.map(({ stored }) => stored)).toEqual([0, 0]);
    expect(readdirSync(join(work.path, 'dist/initramfs'))).toEqual(['initramfs.cpio', 'vmlinuz']);
  });

  it('does a stage anew that is asked for, and what a changed overlay reaches', async () => {
    const from = statesOf(documentOf(await make('--no-boot', '--from', 'initramfs')));
    chmodSync(join(work.path, 'overlay/usr/lib/proof.sh'), 0o755);
    const changed = documentOf(await make('--no-boot'));

    expect(from).toMatchObject({ modules: 'reused', validation: 'reused', initramfs: 'done' });
    expect(statesOf(changed)).toMatchObject({
      packages: 'reused',
      init: 'done',
      initramfs: 'done',
    });
    expect(changed.digest).not.toBe(first.digest);
  });

  it('writes nothing that could not boot', async () => {
    lay(
      join(work.path, 'bad.yaml'),
      config().replace('packages:', "remove: ['**/modprobe']\npackages:"),
    );

    const { status, stdout } = await make('--no-boot', '--config', 'bad.yaml');

    expect(status).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ rule: 'modprobe-missing' }] });
  });
});
