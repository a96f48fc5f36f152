import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDkmsConf } from './dkms-conf.ts';

describe(readDkmsConf, () => {
  it('reads plain assignments and fills in what they name', () => {
    const text = `# remark
PACKAGE_NAME="example"
PACKAGE_VERSION="$PACKAGE_NAME-1.2-3" # with a remark
MAKE="make -C \${kernel_source_dir} M=\${dkms_tree}/x"
BUILT_MODULE_NAME[0]="$PACKAGE_NAME"
BUILD_EXCLUSIVE_KERNEL_MIN="5.10"
BUILD_EXCLUSIVE_KERNEL_MAX='\${literally}'`;

    expect(readDkmsConf(text)).toEqual({
      name: 'example',
      version: 'example-1.2-3',
      kernelMin: '5.10',
      kernelMax: '${literally}',
    });
  });

  it('leaves to a shell what only a shell can tell', () => {
    const text = `PACKAGE_NAME="zfs"
PACKAGE_VERSION=$(cat VERSION)
if [ -f x ]; then
    BUILD_EXCLUSIVE_KERNEL="NOT ON PREEMPT_RT"
fi
PRE_BUILD="configure
BUILD_EXCLUSIVE_KERNEL_MAX=1
  $(
    echo --x
  )
"
BUILD_EXCLUSIVE_KERNEL_MIN=\${oldest}`;

    expect(readDkmsConf(text)).toEqual({ name: 'zfs' });
  });

  it('never fails and runs nothing, whatever it reads', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('A', '=', '"', "'", '$', '{', '(', '\n', '\\') }),
        (text) => {
          expect(readDkmsConf(`PACKAGE_VERSION=1\n${text}`).version).toBe('1');
        },
      ),
    );
  });
});
