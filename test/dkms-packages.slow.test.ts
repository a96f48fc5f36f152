import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DkmsTrial } from '../src/source/testing/builder.ts';
import { aDkmsArchive, SUITE } from './dkms-archive.ts';
import { aProject, type Call, lockstep, type Project, recordIn } from './project.ts';

/** Packages of the archive that differ in what their dkms.conf does. */
const PACKAGES = {
  // Modules in folders of their own, and one that the others need.
  jool: ['jool', 'jool_common', 'jool_siit'],
  // A name with capitals, and a configure of its own before the build.
  'iptables-netflow': ['ipt_NETFLOW'],
  // An underscore, and two modules.
  'nat-rtsp': ['nf_conntrack_rtsp', 'nf_nat_rtsp'],
  // Variables of make in MAKE, and modules for hardware that no guest has.
  'tp-smapi': ['hdaps', 'thinkpad_ec', 'tp_smapi'],
  // A source that is not in the folder of dkms.conf, called otherwise than the package.
  'dpdk-kmods': ['igb_uio'],
};

const CONF = (name: string, more: string) => `PACKAGE_NAME=${name}
PACKAGE_VERSION=1
BUILT_MODULE_NAME[0]=${name}
DEST_MODULE_LOCATION[0]=/updates
AUTOINSTALL=yes
${more}`;

const FIRST = `#include <linux/module.h>
int first_answer(void) { return 42; }
EXPORT_SYMBOL_GPL(first_answer);
MODULE_LICENSE("GPL");
`;
const SECOND = `#include <linux/module.h>
int first_answer(void);
static int __init start(void) { return first_answer() == 42 ? 0 : -EINVAL; }
module_init(start);
MODULE_LICENSE("GPL");
`;

/** Two sources, the second of which needs a symbol of the first's module. */
const LOCAL: (DkmsTrial & { name: string })[] = [
  {
    name: 'first',
    conf: CONF('first', ''),
    files: { Makefile: 'obj-m := first.o\n', 'first.c': FIRST },
  },
  {
    name: 'second',
    conf: CONF('second', 'BUILD_DEPENDS[0]=first\n'),
    files: { Makefile: 'obj-m := second.o\n', 'second.c': SECOND },
  },
];

let project: Project;
let call: Call;

beforeAll(async () => {
  const local = ['second', 'first'].map((name) => ({ name, dkms: `${name}-dkms`, suite: SUITE }));
  const packages = Object.keys(PACKAGES).map((name) => ({ name, dkms: `${name}-dkms` }));
  project = await aProject({ modules: [...local, ...packages] });
  vi.stubEnv('APT_CONFIG', await aDkmsArchive(join(project.path, 'archive'), ...LOCAL));
  call = await lockstep(project, ['run', '--json', '-v', '--only', 'build']);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await project[Symbol.asyncDispose]();
});

describe('a stream of DKMS packages', () => {
  const own = LOCAL.map(({ name }) => [name, [name]] as const);

  it.each([...Object.entries(PACKAGES), ...own])('builds the modules of %s', (name, modules) => {
    expect(call.status, call.stderr).toBe(0);
    const built = recordIn(call).kmods?.map(({ modules: sets }) => sets?.[name]);
    expect(built).toContainEqual(modules);
  });

  it('builds what BUILD_DEPENDS names first, whatever the order of the lines', () => {
    expect(call.status, call.stderr).toBe(0);
    const begun = [...call.stderr.matchAll(/building (\S+) 1 for /g)].map(([, name]) => name);
    expect(begun.filter((name) => LOCAL.some((one) => one.name === name))).toEqual([
      'first',
      'second',
    ]);
  });
});

describe('the survey of all DKMS packages', () => {
  it('built the same modules of these, and says so', async () => {
    const page = await readFile(join(import.meta.dirname, '../docs/dkms.md'), 'utf8');

    for (const [name, modules] of Object.entries(PACKAGES)) {
      const row = page.split('\n').find((line) => line.startsWith(`| ${name}-dkms |`));
      const named = /\| \d+: ([^|]*) \|/
        .exec(row ?? '')?.[1]
        ?.replaceAll('-', '_')
        .split(', ');
      expect(named, name).toEqual(modules);
    }
  });
});
