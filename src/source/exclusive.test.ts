import { describe, expect, it } from 'vitest';
import { type Exclusive, judgeExclusive } from './exclusive.ts';

const options = new Set(['CONFIG_NET', 'CONFIG_PCI']);
const kernel = { release: '6.1.0-56-amd64', machine: 'x86_64', options };

describe(judgeExclusive, () => {
  it.each<[Exclusive]>([
    [{ kernel: '^6\\.1' }],
    [{ kernelMin: '6.1' }],
    [{ kernelMin: '6.1.0-56' }],
    [{ kernelMax: '6.2' }],
    [{ kernelMax: '6.10' }],
    [{ obsoleteBy: '6.1', kernelMax: '6.2' }],
    [{ arch: '^(x86_64|aarch64)$' }],
    [{ config: 'CONFIG_NET !CONFIG_PREEMPT_RT' }],
    [{}],
  ])('takes the kernel for %j', (exclusive) => {
    expect(judgeExclusive(exclusive, kernel)).toEqual({ exclusions: [], unjudged: [] });
  });

  it.each<[Exclusive, string, RegExp]>([
    [{ kernel: '^7\\.' }, 'BUILD_EXCLUSIVE_KERNEL=^7\\.', /Linux 6.1.0-56-amd64 does not match/],
    [{ kernelMin: '6.1.0-100' }, 'BUILD_EXCLUSIVE_KERNEL_MIN=6.1.0-100', /is older/],
    [{ kernelMin: '6.1.0-56-cloud' }, 'BUILD_EXCLUSIVE_KERNEL_MIN=6.1.0-56-cloud', /is older/],
    [{ kernelMax: '6.1' }, 'BUILD_EXCLUSIVE_KERNEL_MAX=6.1', /is newer/],
    [{ obsoleteBy: '5.10' }, 'OBSOLETE_BY=5.10', /is newer/],
    [{ arch: 'i.86' }, 'BUILD_EXCLUSIVE_ARCH=i.86', /the machine is x86_64/],
    [{ config: 'CONFIG_A' }, 'BUILD_EXCLUSIVE_CONFIG=CONFIG_A', /has no CONFIG_A/],
    [{ config: '!CONFIG_PCI' }, 'BUILD_EXCLUSIVE_CONFIG=!CONFIG_PCI', /has CONFIG_PCI/],
  ])('leaves it out for %j', (exclusive, condition, found) => {
    const { exclusions } = judgeExclusive(exclusive, kernel);

    expect(exclusions).toMatchObject([{ condition, found: expect.stringMatching(found) }]);
  });

  it('leaves to the builder what it cannot judge', () => {
    const exclusive = { kernel: '\\<6', config: 'CONFIG_A', untold: ['BUILD_EXCLUSIVE_ARCH'] };

    const judged = judgeExclusive(exclusive, { release: '6.1', machine: 'x86_64' });

    expect(judged.exclusions).toEqual([]);
    expect(judged.unjudged.sort()).toEqual([
      'BUILD_EXCLUSIVE_ARCH',
      'BUILD_EXCLUSIVE_CONFIG',
      'BUILD_EXCLUSIVE_KERNEL',
    ]);
  });
});
