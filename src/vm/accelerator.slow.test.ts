import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { chooseAccelerator, type ProbeOptions, probeAccelerator } from './accelerator.ts';
import { machineFor } from './machine.ts';
import { type GuestRoot, guestRoot } from './testing/guest-root.ts';

let root: GuestRoot;
beforeAll(async () => {
  root = await guestRoot();
});

async function probeOf(folder: string, more: Partial<ProbeOptions>): Promise<ProbeOptions> {
  const image = await root.tree.read(`boot/vmlinuz-${root.kernel}`);
  const kernel = join(folder, 'vmlinuz');
  await writeFile(kernel, image);
  return { machine: machineFor(image), kernel, env: process.env, ...more };
}

describe('probeAccelerator', () => {
  it('does without a device that is not there', async () => {
    await using folder = await temporaryFolder();
    const options = await probeOf(folder.path, { device: join(folder.path, 'kvm') });

    const choice = await probeAccelerator(options);

    expect(choice.accelerator).toBe('tcg');
    expect(choice.reason).toMatch(/is not there$/);
  });

  it('believes in KVM only when a guest has passed in time', async () => {
    await using folder = await temporaryFolder();
    const options = await probeOf(folder.path, { device: '/dev/null', deadline: 1 });

    const choice = await probeAccelerator(options);

    expect(choice.accelerator).toBe('tcg');
    expect(choice.reason).toMatch(/^a probe guest under KVM (was not done in 1 ms|broke QEMU)$/);
  });

  it('is asked once', async () => {
    await using folder = await temporaryFolder();
    const options = await probeOf(folder.path, {});

    const first = chooseAccelerator(options);

    expect(chooseAccelerator(options)).toBe(first);
    expect(['kvm', 'tcg']).toContain((await first).accelerator);
  });
});
