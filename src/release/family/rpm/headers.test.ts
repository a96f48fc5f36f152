import { describe, expect, it } from 'vitest';
import { anRpm } from '../../testing/inputs.ts';
import { rpmSet } from './choose.ts';
import { withHeadersOf } from './headers.ts';

const KERNELS = ['6.17.1-300.fc43.x86_64', '6.18.9-200.fc43.x86_64', '6.12.9+deb12-amd64'];
const headers = [
  anRpm('kernel-devel', '6.17.1-300.fc43'),
  anRpm('kernel-devel', '6.18.9-200.fc43'),
  anRpm('kernel-devel-matched', '6.18.9-200.fc43'),
  anRpm('kernel-devel', '6.12.9+deb12-amd64'),
];
const others = [anRpm('gcc'), anRpm('kernel-headers', '6.18.9-200.fc43'), anRpm('kernel-devel')];

describe(withHeadersOf, () => {
  it.each([
    [KERNELS[0] ?? '', headers.slice(0, 1)],
    [KERNELS[1] ?? '', headers.slice(1, 3)],
    [KERNELS[2] ?? '', headers.slice(3)],
  ])('leaves of all headers those of %s', (kernel, own) => {
    const set = rpmSet([...headers, ...others]);

    expect(withHeadersOf(kernel, KERNELS, set).packages).toEqual([...own, ...others]);
  });
});
