import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { findScenario, GUEST_PARTS, OWN_SCENARIOS, parseScenario } from './scenario.ts';

describe('parseScenario', () => {
  it('reads what a scenario needs', () => {
    const script = `#!/bin/sh
#lockstep version 1
#lockstep summary Does this and that
#lockstep disks 2
#lockstep disk-size 512M
#lockstep memory 3G
#lockstep deadline 10m
#lockstep silence 45s
#lockstep device qemu-xhci
#lockstep device usb-tablet
# a comment
step one true
`;

    expect(parseScenario('mine', 'scenarios/mine.sh', script)).toEqual({
      name: 'mine',
      path: 'scenarios/mine.sh',
      summary: 'Does this and that',
      script,
      disks: 2,
      diskSize: 512 * 2 ** 20,
      devices: ['qemu-xhci', 'usb-tablet'],
      memory: 3 * 2 ** 30,
      deadline: 600_000,
      silence: 45_000,
    });
  });

  it.each([
    ['#lockstep version 2', 'f.sh:1: version 2 is not known, 1 is'],
    ['#lockstep version 1\n#lockstep colour red', 'f.sh:2: cannot be read: colour red'],
    ['#lockstep version 1\n#lockstep memory much', 'f.sh:2: cannot be read: memory much'],
    ['#lockstep version 1\n#lockstep deadline 5', 'f.sh:2: cannot be read: deadline 5'],
    ['#lockstep version 1\n#lockstep disks 10', 'f.sh:2: cannot be read: disks 10'],
    ['#lockstep version 1\n#lockstep device edu,x=1', 'f.sh:2: cannot be read: device edu,x=1'],
    ['#lockstep version 1\n#lockstep device', 'f.sh:2: cannot be read: device '],
    ['#lockstep version 1\n#lockstep summary', 'f.sh:2: cannot be read: summary '],
    ['step one true', 'f.sh: the line "#lockstep version 1" is missing'],
  ])('refuses %j', (script, message) => {
    expect(() => parseScenario('f', 'f.sh', script)).toThrow(message);
  });
});

describe('docs/boot.md', () => {
  it('shows a scenario that can be read, and every key that there is', async () => {
    const page = await readFile(join(OWN_SCENARIOS, '../docs/boot.md'), 'utf8');
    const [, example = ''] = /```sh\n(#lockstep version[^`]*)```/.exec(page) ?? [];

    const scenario = parseScenario('example', 'docs/boot.md', example);

    expect(scenario).toMatchObject({ disks: 1, diskSize: 512 * 2 ** 20, memory: 2 * 2 ** 30 });
    expect(await run('sh', ['-n', '-c', example])).toMatchObject({ status: 0, stderr: '' });
    expect(example.match(/^#lockstep/gm)).toHaveLength(8);
  });
});

describe('findScenario', () => {
  it("prefers the project's own", async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'zfs.sh'), '#lockstep version 1\nstep one true\n');

    const { path } = await findScenario('zfs', [join(folder.path, 'none'), folder.path]);

    expect(path).toBe(join(folder.path, 'zfs.sh'));
  });

  it('names those that there are when one is not', async () => {
    await using folder = await temporaryFolder();
    await mkdir(join(folder.path, 'scenarios'));
    await writeFile(join(folder.path, 'mine.sh'), '');

    await expect(findScenario('zsf', [folder.path])).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('known are load, mine, zfs'),
    });
  });

  it.each(['../zfs', 'Zfs', '', '-x'])('refuses the name %j', async (name) => {
    await expect(findScenario(name, [])).rejects.toMatchObject({ code: 'usage' });
  });

  it("reads each of lockstep's own, and sh can parse it and the parts of the guest", async () => {
    const files = (await readdir(OWN_SCENARIOS)).filter((file) => file.endsWith('.sh'));
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) await findScenario(file.slice(0, -3), []);
    const parts = (await readdir(GUEST_PARTS)).map((file) => join(GUEST_PARTS, file));
    for (const path of [...parts, ...files.map((file) => join(OWN_SCENARIOS, file))]) {
      expect(await run('sh', ['-n', path])).toMatchObject({ status: 0, stderr: '' });
    }
  });
});
