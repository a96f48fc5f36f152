import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { findScenario, parseScenario, type Scenario } from '../../vm/scenario.ts';
import { guestRoot } from '../../vm/testing/guest-root.ts';
import { bootGate } from './gate.ts';

/** Boots the common root with the scenario `load`, after some lines of shell. */
async function load(modules: string[], before = '', header = '') {
  await using folder = await temporaryFolder();
  const root = await guestRoot();
  const { script } = await findScenario('load', []);
  const scenario: Scenario = parseScenario('load', 'load.sh', `${header}${before}\n${script}`);
  const { findings, steps } = await bootGate({
    kernel: root.kernel,
    subject: { tree: root.tree, rootTar: () => root.tar() },
    scenario,
    modules,
    folder: folder.path,
    env: process.env,
    accelerator: 'tcg',
    onLine: (line) => console.log(line),
  });
  return { findings, steps: steps.map(({ name, status, message }) => [status, name, message]) };
}

describe('the scenario load', () => {
  it('counts a module as loaded whose own init finds no device', async () => {
    const { findings, steps } = await load(
      ['xen-blkfront', 'dummy'],
      'modprobe dummy numdummies=0;modprobe -r dummy; date',
    );
    console.log(steps, findings);
    expect(steps).toEqual([]);
  });
});
