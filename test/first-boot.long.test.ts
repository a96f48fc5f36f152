import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runOk } from '../src/system/process.ts';
import { findProgram } from '../src/system/program.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import {
  type BootRequest,
  bootMachine,
  type FirstBootMachine,
  makeMachine,
} from './first-boot/guest.ts';
import { startTpm } from './first-boot/tpm.ts';

const LOCKSTEP = join(import.meta.dirname, '../bin/lockstep');

/**
 * fcos 1.4 is the newest that Debian's Ignition reads (3.3.0). The user's entries are merged over
 * the sugar: ext4, and few rounds of pbkdf2, which keep a machine without KVM quick.
 */
const BUTANE = `variant: fcos
version: 1.4.0
boot_device:
  luks:
    tpm2: true
storage:
  disks:
    - device: /dev/disk/by-id/virtio-lockstep-spare-0
      wipe_table: true
      partitions:
        - { label: root, number: 4, size_mib: 512 }
        - { label: var, number: 5 }
  luks:
    - name: root
      options: [--pbkdf, pbkdf2, --pbkdf-force-iterations, "1000"]
  filesystems:
    - device: /dev/mapper/root
      format: ext4
    - device: /dev/disk/by-partlabel/var
      format: ext4
      path: /var
      with_mount_unit: true
  files:
    - path: /etc/hostname
      mode: 0644
      contents: { inline: "nas\\n" }
    - path: /var/lib/made
      mode: 0600
      contents: { inline: made }
passwd:
  users:
    - name: core
      ssh_authorized_keys: [ssh-ed25519 AAAA core]
`;

/** `lockstep ignition serve` on the loopback, which the guest sees as 10.0.2.2. */
async function serve(cwd: string) {
  const child = spawn(LOCKSTEP, ['ignition', 'serve', 'nas.bu'], {
    cwd,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  const url = String(said).split('\n')[0] ?? '';
  return {
    url: url.replace('127.0.0.1', '10.0.2.2'),
    [Symbol.asyncDispose]: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

/** What is handed to the machine: a pointer to what is served, and one with another's hash. */
async function pointers(cwd: string, url: string): Promise<Record<string, string>> {
  await writeFile(join(cwd, 'other.ign'), '{"ignition":{"version":"3.3.0"}}\n');
  const lockstep = async (...args: string[]) =>
    (await runOk(LOCKSTEP, ['ignition', ...args], { cwd })).stdout;
  await lockstep('build', '--strict', 'nas.bu', '-o', 'nas.ign');
  return {
    'com.coreos/config': await lockstep('pointer', url, 'nas.ign'),
    'dev.lockstep/wrong': await lockstep('pointer', url, 'other.ign'),
  };
}

/** The machine with one TPM or another. */
async function bootWith(
  machine: FirstBootMachine,
  name: string,
  request: Omit<BootRequest, 'tpm'>,
) {
  await using tpm = await startTpm(join(machine.folder, name));
  return await bootMachine(machine, { tpm, ...request });
}

describe.skipIf(!findProgram('swtpm', process.env))('a first boot in a guest', () => {
  it('encrypts the root so that the TPM of this machine opens it, and no other', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'nas.bu'), BUTANE);
    const machine = await makeMachine(folder.path);
    await using serving = await serve(folder.path);
    const documents = await pointers(folder.path, serving.url);

    const first = await bootWith(machine, 'tpm', { boot: 'first', documents });
    const { 'wrong-hash': wrongHash, ...stages } = first.steps;
    const done = { network: 0, fetch: 0, disks: 0, root: 0, mount: 0, files: 0, umount: 0 };
    expect(stages, first.output).toEqual(done);
    expect(wrongHash).toBeGreaterThan(0);
    expect(first.output).toContain('hash verification failed');

    const second = await bootWith(machine, 'tpm', { boot: 'later' });
    const opened = { unlock: 0, mount: 0, hostname: 0, key: 0, crypttab: 0, var: 0, header: 0 };
    expect(second.steps, second.output).toEqual(opened);

    const third = await bootWith(machine, 'other-tpm', { boot: 'later' });
    expect(third.steps['unlock'], third.output).toBeGreaterThan(0);
    expect(third.steps['mount']).toBeGreaterThan(0);
    // It is refused, not broken.
    expect(third.steps['header']).toBe(0);
  });
});
