import { describe, expect, it } from 'vitest';
import { checkPackage } from '../../package/check-package.ts';
import { readRpm } from '../../package/rpm.ts';
import { mendRpm } from './mend-rpm.ts';
import { aForeignKmod } from './testing/foreign.ts';

const KERNEL = '6.18.9-200.fc44.x86_64';
const requirement = {
  mend: 'requirement',
  was: 'none',
  is: `Requires: kernel-uname-r = ${KERNEL}`,
};

describe(mendRpm, () => {
  it('makes of a package that installs beside any kernel one that the gate passes', () => {
    const rpm = aForeignKmod(KERNEL);
    expect(checkPackage(readRpm(rpm))).toHaveLength(2);

    const mended = mendRpm(rpm, KERNEL);

    expect(checkPackage(readRpm(mended?.bytes ?? rpm))).toEqual([]);
    expect(mended?.mends).toMatchObject([
      requirement,
      { mend: 'script', is: `depmod -a ${KERNEL}` },
    ]);
  });

  it('leaves what is right as it is', () => {
    const requires = [`kernel-uname-r = ${KERNEL}`];

    expect(mendRpm(aForeignKmod(KERNEL, { requires, postInstall: 'depmod -a x' }), KERNEL)).toBe(
      undefined,
    );
  });

  it('adds no second kernel to a package that requires another one', () => {
    const mended = mendRpm(aForeignKmod(KERNEL, { requires: ['kernel-uname-r = 6.1'] }), KERNEL);

    expect(mended?.mends).toMatchObject([{ mend: 'script' }]);
    expect(checkPackage(readRpm(mended?.bytes ?? Buffer.alloc(0)))).toMatchObject([
      { rule: 'package-kernel', found: 'kernel-uname-r = 6.1' },
    ]);
  });

  it('refuses a kernel that could mean something to a shell', () => {
    expect(() => mendRpm(aForeignKmod(KERNEL), '6.18; true')).toThrow('not a kernel release');
  });
});
