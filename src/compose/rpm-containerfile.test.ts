import { describe, expect, it } from 'vitest';
import { rpmContainerfile } from './rpm-containerfile.ts';

const OLD = '6.12.1-200.fc41.x86_64';
const NEW = '6.13.2-200.fc41.x86_64';

function aRecipe(...kernels: string[]): string {
  return rpmContainerfile({
    base: 'oci:base:base-41-abc',
    kmods: kernels.map((kernel, at) => ({ kernel, reference: `oci:kmods:key-${at}` })),
    remove: [],
    load: ['zfs'],
    enable: [],
    installer: 'dnf',
    has: { packages: false, overlay: false },
    labels: {},
  });
}

describe(rpmContainerfile, () => {
  it('binds in the kmods of each kernel, and indexes each', () => {
    const text = aRecipe(OLD, NEW);

    expect(text).toMatch(/^FROM oci:kmods:key-0 AS kmods-1\nFROM oci:kmods:key-1 AS kmods-2$/m);
    expect(text).toContain(`from=kmods-1,source=/,target=/run/lockstep/kmods/${OLD} \\\n`);
    expect(text).toContain(`from=kmods-2,source=/,target=/run/lockstep/kmods/${NEW} \\\n`);
    for (const kernel of [OLD, NEW]) expect(text).toContain(`depmod -a ${kernel}`);
  });

  it('takes what runs beside the modules from the kmods of the newest kernel alone', () => {
    const folder = '/run/lockstep/kmods';

    expect(aRecipe(OLD, NEW)).toContain(
      `install ${folder}/${OLD}/kmod-*-${OLD}-*.rpm ${folder}/${NEW}/*.rpm;`,
    );
    expect(aRecipe(NEW)).toContain(`install ${folder}/${NEW}/*.rpm;`);
  });
});
