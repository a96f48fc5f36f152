import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readBootFiles } from '../../src/vm/boot-files.ts';
import { readBusybox } from '../../src/vm/busybox.ts';
import { makeRootDisk, makeSpareDisk } from '../../src/vm/disk.ts';
import { runGuest } from '../../src/vm/guest.ts';
import { makeInitramfs } from '../../src/vm/initramfs.ts';
import { machineFor } from '../../src/vm/machine.ts';
import type { GuestDisk } from '../../src/vm/qemu.ts';
import { GUEST_PARTS } from '../../src/vm/scenario.ts';
import { type GuestRoot, guestRoot } from '../../src/vm/testing/guest-root.ts';
import type { Tpm } from './tpm.ts';

/** Debian with Ignition, and what Ignition calls; all of it is in the guest alone. */
const CONTENT = {
  packages: words(`base-files bash coreutils dash grep gzip kmod mawk mount sed
    systemd udev util-linux e2fsprogs gdisk iproute2 passwd
    ignition policycoreutils cryptsetup-bin tpm2-tools libtss2-tcti-device0
    clevis clevis-luks clevis-tpm2`),
  modules: words(`/virtio/ /block/ /char/virtio /fs/squashfs/ /fs/overlayfs/
    /virtio_net.ko /failover.ko /net_failover.ko /qemu_fw_cfg.ko
    /md/dm-mod.ko /md/dm-crypt.ko /xts.ko /ecb.ko /aesni-intel.ko
    /crypto_simd.ko /cryptd.ko /af_alg.ko /algif_skcipher.ko`),
};

function words(text: string): string[] {
  return text.split(/\s+/);
}

const GIB = 2 ** 30;
const MINUTE = 60_000;

/** A machine whose disk stays while it is switched off. */
export interface FirstBootMachine {
  folder: string;
  root: GuestRoot;
  disk: GuestDisk;
}

export async function makeMachine(folder: string): Promise<FirstBootMachine> {
  const root = await guestRoot(CONTENT);
  return { folder, root, disk: await makeSpareDisk(join(folder, 'disk.raw'), GIB, 0) };
}

export interface BootRequest {
  tpm: Tpm;
  boot: 'first' | 'later';
  /** Documents at the names that QEMU's `fw_cfg` gives them. */
  documents?: Readonly<Record<string, string>>;
}

/** What came of a boot: the exit status of each step, and what was printed. */
export interface BootResult {
  end: string;
  steps: Record<string, number>;
  output: string;
}

/** Boots the machine once, with systemd as its first program, until it is switched off. */
export async function bootMachine(
  { folder, root, disk }: FirstBootMachine,
  { tpm, boot, documents = {} }: BootRequest,
): Promise<BootResult> {
  const { env } = process;
  const start = await writeStart(folder, root, boot);
  await using system = await makeRootDisk(join(folder, 'root.squashfs'), root.tar(), { env });
  const guest = await runGuest({
    ...start,
    accelerator: 'tcg',
    disks: [system, disk],
    behind: [
      ...(await configArguments(folder, documents)),
      ...tpm.arguments,
      '-netdev',
      'user,id=net',
    ],
    devices: ['virtio-net-pci,netdev=net'],
    memory: GIB,
    cpus: 2,
    append: ['net.ifnames=0'],
    awaits: system.whole,
    console: join(folder, `${boot}.log`),
    deadline: 15 * MINUTE,
    silence: 5 * MINUTE,
    env,
  });
  const steps = guest.verdict.map((line) => line.split(' ') as [string, string]);
  return {
    end: guest.end,
    steps: Object.fromEntries(steps.map(([name, status]) => [name, Number(status)])),
    output: [...guest.lastConsole.slice(-40), ...guest.output].join('\n'),
  };
}

async function writeStart(folder: string, root: GuestRoot, boot: BootRequest['boot']) {
  const { kernelImage, modules } = await readBootFiles(root.tree, root.kernel);
  const machine = machineFor(kernelImage);
  const [kernel, initramfs] = [join(folder, 'vmlinuz'), join(folder, 'initramfs.cpio')];
  const part = (name: string) => readFile(join(import.meta.dirname, name));
  const files = {
    'second.sh': await part('second.sh'),
    'boot.sh': await part('boot.sh'),
    'boot.service': await part('boot.service'),
    'settings.sh': `BOOT=${boot}\n`,
  };
  const first = await readFile(join(GUEST_PARTS, 'first.sh'));
  const busybox = await readBusybox(machine, process.env);
  await writeFile(kernel, kernelImage);
  await writeFile(initramfs, makeInitramfs({ busybox, first, modules, files }));
  return { machine, kernel, initramfs };
}

async function configArguments(folder: string, documents: Readonly<Record<string, string>>) {
  const parts: string[] = [];
  for (const [name, text] of Object.entries(documents)) {
    const file = join(folder, name.replaceAll('/', '-'));
    await writeFile(file, text);
    parts.push('-fw_cfg', `name=opt/${name},file=${file}`);
  }
  return parts;
}
