import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KMODS_ANNOTATION, readModuleSets } from '../src/kmods/image/image.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { readManifest, requireDescriptor } from '../src/oci/manifest.ts';
import { aDkmsArchive, SUITE } from './dkms-archive.ts';
import { aProject, lockstep, type Project, recordIn } from './project.ts';

/** Two modules, the second of which needs the first; neither is called as package or source are. */
const FILES = {
  Makefile: 'obj-m := xt_FIRST.o second-one.o\n',
  'xt_FIRST.c': `#include <linux/module.h>
int first_answer(void) { return 42; }
EXPORT_SYMBOL_GPL(first_answer);
MODULE_LICENSE("GPL");
`,
  'second-one.c': `#include <linux/module.h>
int first_answer(void);
static int __init start(void) { return first_answer() == 42 ? 0 : -EINVAL; }
static void __exit stop(void) {}
module_init(start);
module_exit(stop);
MODULE_LICENSE("GPL");
`,
};

const CONF = `PACKAGE_NAME=x
PACKAGE_VERSION=1
BUILT_MODULE_NAME[0]=xt_FIRST
BUILT_MODULE_NAME[1]=second-one
DEST_MODULE_LOCATION[0]=/extra
DEST_MODULE_LOCATION[1]=/extra
`;

const source = (load: unknown) => ({
  modules: [{ name: 'xt_ACCOUNT', dkms: 'x-dkms', suite: SUITE, load }],
});

/** A source whose name has an underscore and capitals, and is that of none of its modules. */
let project: Project;

beforeAll(async () => {
  project = await aProject(source(['first']));
  vi.stubEnv(
    'APT_CONFIG',
    await aDkmsArchive(join(project.path, 'archive'), { conf: CONF, files: FILES }),
  );
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await project[Symbol.asyncDispose]();
});

const build = () => lockstep(project, ['run', '--json', '--only', 'build']);

describe('a source of several modules', () => {
  it('refuses to load what was not built right after the build, and names what was', async () => {
    const call = await build();

    expect(call.status, call.stderr).toBe(2);
    expect(recordIn(call).failure).toMatchObject({
      step: 'build',
      code: 'config',
      message: expect.stringMatching(
        /^load of xt_ACCOUNT names first, .*; built were: second_one, xt_FIRST$/,
      ),
    });
  });

  it('has kept what was built, with its modules, under names that packages may have', async () => {
    await project.configure(source(['second-one']));

    const call = await build();

    expect(call.status, call.stderr).toBe(0);
    const record = recordIn(call);
    const modules = { xt_ACCOUNT: ['second_one', 'xt_FIRST'] };
    expect(record.steps.find(({ step }) => step === 'build')?.state).toBe('reused');
    const kmods = openLayout(join(project.path, 'store/kmods-acpi'));
    const [tag = ''] = (await kmods.tags()).filter((one) => one.startsWith('xt_ACCOUNT-1_kernel-'));
    const descriptor = await requireDescriptor(kmods, tag);
    expect(await readModuleSets(kmods, descriptor)).toEqual(modules);
    const { manifest } = await readManifest(kmods, descriptor);
    expect(manifest.annotations?.[KMODS_ANNOTATION.packages]).toContain('"xt-+account-modules-');
  });

  it('loads at boot what is listed, and nothing when none is called as the source', async () => {
    const recipe = async (load: unknown) => {
      await project.configure(source(load));
      return (await lockstep(project, ['compose', '--print'])).stdout;
    };

    expect(await recipe(['second-one'])).toContain('echo second_one >> /etc/modules-load.d');
    expect(await recipe(true)).not.toContain('/etc/modules-load.d/lockstep.conf');
    expect(await recipe(['first'])).toBe('');
  });
});
