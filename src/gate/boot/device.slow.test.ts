import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { findScenario, parseScenario } from '../../vm/scenario.ts';
import { guestRoot } from '../../vm/testing/guest-root.ts';
import { bootGate } from './gate.ts';

/** Boots the common root with the scenario `load`, after some lines of shell. */
async function load(modules: string[], before = '') {
  await using folder = await temporaryFolder();
  const root = await guestRoot();
  const { script } = await findScenario('load', []);
  const { findings, steps } = await bootGate({
    kernel: root.kernel,
    subject: { tree: root.tree, rootTar: () => root.tar() },
    scenario: parseScenario('load', 'load.sh', `${before}\n${script}`),
    modules,
    folder: folder.path,
    env: process.env,
    accelerator: 'tcg',
  });
  const told = steps.map(({ name, status, message }) => `${status} ${name} ${message}`.trimEnd());
  return { findings, told };
}

/** Vendor and device number that virtio gives to a source of randomness of old (virtio 1.2, 4.1.2). */
const DEVICE = `#lockstep device virtio-rng-pci
has_device() {
	for device in /sys/bus/pci/devices/*; do
		read -r number <"$device/device"
		[ "$number" != 0x1005 ] || return 0
	done
	return 1
}
step 'the device is there' has_device`;

/** The driver of nbd refuses this number of partitions; what is printed speaks of a device. */
const REFUSED = `mkdir -p /etc/modprobe.d
echo 'options nbd max_part=-1' >/etc/modprobe.d/odd.conf
modprobe() {
	command modprobe "$@" || fail 'modprobe: ERROR: could not insert: No such device'
}`;

describe('the scenario load', () => {
  it('counts a driver as loaded that finds no device, beside one that the scenario names', async () => {
    const { findings, told } = await load(['xen-blkfront', 'dummy'], DEVICE);

    expect(told).toEqual([
      'pass the device is there',
      'pass modules were given',
      expect.stringMatching(/^pass load xen-blkfront its init answered ENODEV: /),
      'pass load dummy',
      'pass unload dummy',
    ]);
    expect(findings).toMatchObject([
      {
        rule: 'boot-no-device',
        severity: 'info',
        message: expect.stringContaining('xen-blkfront'),
      },
    ]);
  });

  it('fails a module whose init answers EINVAL, whatever words stand there', async () => {
    const { findings, told } = await load(['nbd', 'dummy'], REFUSED);

    expect(told).toEqual(['pass modules were given', 'fail load nbd exit status 1']);
    expect(findings).toMatchObject([
      { rule: 'boot-step-failed', found: expect.stringContaining('No such device') },
    ]);
  });
});
