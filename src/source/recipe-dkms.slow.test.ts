import { describe, expect, it } from 'vitest';
import { dkmsScript } from './recipe-dkms.ts';
import { tryDkms } from './testing/builder.ts';

const NAMED = 'PACKAGE_NAME="x"\nPACKAGE_VERSION="1"\n';
const MAKE = 'MAKE="make -C $kernel_source_dir M=$dkms_tree/x/1/build NAME=x modules"\n';
const files = { 'a.c': 'code\n' };

describe(dkmsScript, () => {
  it('builds as the default of DKMS when only name and version are given', async () => {
    const conf = `${NAMED}BUILT_MODULE_NAME=x\nMAKE="make -C $kernel_source_dir M=\${dkms_tree}/x/1/build NAME=x modules"\n`;

    expect(await tryDkms({ conf, files })).toMatchObject({
      status: 0,
      modules: { 'x.ko': 'code\n' },
    });
  });

  it('picks up several modules from where they are said to be, under the names asked for', async () => {
    const conf = `${NAMED}MAKE="mkdir sub; cp a.c sub/one.ko; cp a.c two.ko"
BUILT_MODULE_NAME[0]="one"
BUILT_MODULE_LOCATION[0]="sub/"
DEST_MODULE_NAME[0]="first"
i=1
if [ -n "$CONFIG_NET" ] || . $kernel_source_dir/.config; then
  BUILT_MODULE_NAME[$i]=two
fi`;

    const { modules } = await tryDkms({ conf, files, config: 'CONFIG_NET=y\n' });

    expect(Object.keys(modules).sort()).toEqual(['first.ko', 'two.ko']);
  });

  it('applies the patches that match, runs what stands before and after, and the make that matches', async () => {
    const patch = '--- a/a.c\n+++ b/a.c\n@@ -1 +1,2 @@\n code\n+patched\n';
    const conf = `${NAMED}${MAKE}
MAKE[1]="make -C $kernel_source_dir M=$dkms_tree/x/1/build NAME=x modules; echo six >> x.ko"
MAKE_MATCH[1]="^6\\."
PATCH[0]="fits.patch"
PATCH_MATCH[0]="^6\\.1"
PATCH[1]="other.patch"
PATCH_MATCH[1]="^5\\."
PRE_BUILD="before
  --to b.c
"
POST_BUILD="after \${kernelver}"`;
    const scripts = {
      before: '#!/bin/sh\necho "before $*" > "$2"\n',
      after: '#!/bin/sh\necho "after $1"; rm x.ko\n',
      'patches/fits.patch': patch,
      'patches/other.patch': 'not a patch',
    };

    const { modules, said } = await tryDkms({ conf, files: { ...files, ...scripts } });

    expect(modules['x.ko'], said).toBe('code\npatched\nbefore --to b.c\nsix\n');
    expect(said).toContain('after 6.1.0-56-cloud-amd64');
  });

  it.each([
    ['BUILD_EXCLUSIVE_KERNEL="^5"'],
    ['BUILD_EXCLUSIVE_KERNEL_MIN="6.2"'],
    ['BUILD_EXCLUSIVE_KERNEL_MAX="6.0"'],
    ['BUILD_EXCLUSIVE_ARCH="^sparc"'],
    ['BUILD_EXCLUSIVE_CONFIG="CONFIG_NET CONFIG_PCI"'],
    ['BUILD_EXCLUSIVE_CONFIG="!CONFIG_NET"'],
  ])('refuses a kernel outside %s', async (exclusion) => {
    const conf = `${NAMED}${MAKE}${exclusion}\n`;

    const { status, said } = await tryDkms({ conf, files, config: 'CONFIG_NET=m\n' });

    expect(status).toBe(1);
    expect(said).toMatch(/Linux 6\.1\.0-56-cloud-amd64 is excluded by dkms\.conf: BUILD_EXCLUSIVE/);
  });

  it('leaves out the modules that their own directives exclude, and no other', async () => {
    const place = (at: number) =>
      `BUILT_MODULE_NAME[${at}]=m${at}\nDEST_MODULE_LOCATION[${at}]=/updates\n`;
    const never = 'BUILD_EXCLUSIVE_ARCH[1]=none\nBUILD_EXCLUSIVE_KERNEL_MAX[3]=6.1\n';
    const conf = `${NAMED}MAKE="cp a.c m0.ko; cp a.c m2.ko"\n${[0, 1, 2, 3].map(place).join('')}${never}`;

    const { modules, said } = await tryDkms({ conf, files });

    expect(Object.keys(modules).sort(), said).toEqual(['m0.ko', 'm2.ko']);
    expect(said).toContain('m1 is left out of the modules for 6.1.0-56-cloud-amd64');
  });

  it('gives a Makefile that asks uname the kernel at hand', async () => {
    const conf = `${NAMED}MAKE="make -f own.mk"\n`;
    const makefile = 'all:\n\techo "$(shell uname -r) $(shell uname -m)" > x.ko\n';

    const { modules } = await tryDkms({ conf, files: { ...files, 'own.mk': makefile } });

    expect(modules['x.ko']).toMatch(/^6\.1\.0-56-cloud-amd64 \w+\n$/);
  });

  it('gives what stands before the build the kernel at hand, too', async () => {
    const conf = `${NAMED}PRE_BUILD="ask"\nMAKE="cp b.c x.ko"\nBUILD_EXCLUSIVE_KERNEL=$(uname -r)\n`;
    const ask = '#!/bin/sh\nuname -sr > b.c\n';

    const { modules, said } = await tryDkms({ conf, files: { ...files, ask } });

    expect(modules['x.ko'], said).toBe('Linux 6.1.0-56-cloud-amd64\n');
  });

  it('fails when make fails, and when a module is not where it should be', async () => {
    const broken = await tryDkms({ conf: `${NAMED}MAKE="make -C /nowhere"\n`, files });
    const lost = await tryDkms({ conf: `${NAMED}MAKE="true"\n`, files });

    expect(broken.status).not.toBe(0);
    expect(lost).toMatchObject({ status: 1, said: expect.stringContaining('made no ./x.ko') });
  });
});
