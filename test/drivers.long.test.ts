import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { openLayout } from '../src/oci/layout/layout.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { readVerdicts } from '../src/release/record/verdicts.ts';
import { aDkmsArchive, SUITE } from './dkms-archive.ts';
import { aProject, type Call, lockstep, type Project, recordsIn } from './project.ts';

/** A module whose init refuses itself, with the words of one that has no device. */
const REFUSED = `#include <linux/module.h>
static int __init start(void) { pr_err("x: No such device\\n"); return -EINVAL; }
module_init(start);
MODULE_LICENSE("GPL");
`;
const CONF = `PACKAGE_NAME=x
PACKAGE_VERSION=1
BUILT_MODULE_NAME[0]=x
DEST_MODULE_LOCATION[0]=/extra
`;

/** Drivers of the archive for hardware that no guest has, and of modules called otherwise. */
const SOURCES = [
  { name: 'digimend', dkms: 'digimend-dkms' },
  { name: 'tp-smapi', dkms: 'tp-smapi-dkms', load: ['tp_smapi'] },
  { name: 'bbswitch', dkms: 'bbswitch-dkms' },
  { name: 'refused', dkms: 'x-dkms', suite: SUITE },
];

let project: Project;
let call: Call;
const images = () => openLayout(join(project.path, 'store/drivers'));

beforeAll(async () => {
  const base = { debian: { suite: 'bookworm', kernel: 'linux-image-amd64' } };
  const streams = SOURCES.map((source) => ({
    name: source.name,
    base,
    modules: [source],
    // One base for all, which the repository has once.
    publish: {
      registry: 'oci:./store',
      image: 'drivers',
      kmods: 'kmods',
      stable: [source.name],
    },
  }));
  project = await aProject();
  await project.write('lockstep.yaml', JSON.stringify({ version: 1, streams }));
  const source = { conf: CONF, files: { Makefile: 'obj-m := x.o\n', 'x.c': REFUSED } };
  vi.stubEnv('APT_CONFIG', await aDkmsArchive(join(project.path, 'archive'), source));
  call = await lockstep(project, ['run', '--json', '--keep-going']);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await project[Symbol.asyncDispose]();
});

function recordOf(stream: string): RunRecord {
  const record = recordsIn(call).find((one) => one.stream === stream);
  if (!record) throw new Error(`no record of ${stream}: ${call.stderr}`);
  return record;
}

/** Where a driver was that has no device, as the verdict of the boot gate keeps it. */
async function withoutDevice(stream: string): Promise<string[]> {
  const stable = await images().resolve(stream);
  if (!stable) throw new Error(`${stream} has no stable image`);
  const verdict = (await readVerdicts(images(), stable.digest)).get('boot');
  return (verdict?.findings ?? [])
    .filter(({ rule }) => rule === 'boot-no-device')
    .map(({ message }) => message);
}

/** What the stable image of a stream loads when it boots. */
async function loadedBy(stream: string): Promise<string | undefined> {
  const tree = await openImageTree(images(), stream);
  const path = 'etc/modules-load.d/lockstep.conf';
  const [file] = await Array.fromAsync(tree.readMany(new Set([path])));
  return file && Buffer.from(file.content).toString('utf8');
}

describe('a run of drivers without their hardware', () => {
  it.each([
    ['digimend', ['hid_kye', 'hid_polostar', 'hid_uclogic', 'hid_viewsonic'], undefined],
    ['tp-smapi', ['hdaps', 'thinkpad_ec', 'tp_smapi'], 'tp_smapi\n'],
    ['bbswitch', ['bbswitch'], 'bbswitch\n'],
  ])('promotes %s with all of its modules', async (stream, modules, loaded) => {
    const record = recordOf(stream);

    expect(record.failure).toBeUndefined();
    expect(record).toMatchObject({
      outcome: 'promoted',
      kmods: [{ modules: { [stream]: modules } }],
    });
    expect((await images().resolve(stream))?.digest).toBe(record.candidate?.digest);
    expect(await loadedBy(stream)).toBe(loaded);
  });

  it('keeps in the verdict which of them had no device', async () => {
    expect(await withoutDevice('digimend')).toEqual([]);
    expect(await withoutDevice('bbswitch')).toEqual([
      expect.stringMatching(/bbswitch.*its init answered ENODEV/),
    ]);
    expect((await withoutDevice('tp-smapi')).join('\n')).toMatch(
      /load thinkpad_ec: its init answered E(NODEV|NXIO)[^]*load tp_smapi: it needs thinkpad_ec/,
    );
  });

  it('promotes none whose init answers EINVAL, whatever it prints', async () => {
    const { outcome, failure } = recordOf('refused');

    expect(outcome).toBe('failed');
    expect(failure).toMatchObject({ step: 'boot', findings: [{ rule: 'boot-step-failed' }] });
    expect(await images().resolve('refused')).toBeUndefined();
    expect(call.status).toBe(1);
  });
});
