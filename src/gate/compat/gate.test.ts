import { describe, expect, it } from 'vitest';
import { EXPERIMENTAL } from '../../source/module-source.ts';
import { passes } from '../../system/finding.ts';
import { compatGate, newestFittingKernel } from './gate.ts';
import type { CompatModule } from './request.ts';

function aModule(over: Partial<CompatModule> = {}): CompatModule {
  return {
    name: 'zfs',
    version: '2.1.11-1',
    range: { min: '3.10', max: '6.2' },
    options: [],
    ...over,
  };
}

function aKernel(release: string) {
  const flavour = release.replace(/^[\d.]+(-\d+)?-/, '');
  return { release, package: `linux-image-${release}`, version: release, flavour };
}

const archive = [
  '6.1.0-47-cloud-amd64',
  '6.1.0-50-cloud-amd64',
  '6.1.0-56-amd64',
  '6.12.95-cloud-amd64',
].map(aKernel);

describe(compatGate, () => {
  it('finds nothing wrong inside the range', () => {
    expect(compatGate({ kernels: ['6.1.0-56-cloud-amd64'], modules: [aModule()] })).toEqual([]);
  });

  it('names range, newest fitting kernel of the flavour and the ways on beyond it', () => {
    const [finding] = compatGate({
      kernels: ['6.12.95-cloud-amd64'],
      modules: [aModule()],
      archive,
    });

    expect(finding).toMatchObject({
      rule: 'kernel-too-new',
      severity: 'error',
      expected: 'Linux 3.10 to 6.2',
      found: '6.12.95-cloud-amd64',
    });
    expect(finding?.hint).toContain('linux-image-6.1.0-50-cloud-amd64');
    expect(finding?.hint).toContain('wait');
    expect(finding?.hint).toContain('allow_experimental');
  });

  it('says so when no kernel of the archive fits', () => {
    const modules = [aModule({ range: { max: '5.10' } })];

    const [finding] = compatGate({ kernels: ['6.12.95-cloud-amd64'], modules, archive });

    expect(finding?.hint).toContain('no kernel of this flavour in the archive fits');
  });

  it('lets a too new kernel pass with a warning when experiments are allowed', () => {
    const modules = [aModule({ options: [EXPERIMENTAL] })];

    const findings = compatGate({ kernels: ['6.12.95-cloud-amd64'], modules });

    expect(findings.map(({ severity }) => severity)).toEqual(['warning']);
    expect(passes(findings)).toBe(true);
  });

  it('does not let a too old kernel pass, whatever is allowed', () => {
    const modules = [aModule({ range: { min: '4.18' }, options: [EXPERIMENTAL] })];

    expect(passes(compatGate({ kernels: ['3.16.0-4-amd64'], modules }))).toBe(false);
  });

  it('asks for every kernel, and says when the newest alone would do', () => {
    const modules = [aModule({ range: { min: '6.2', max: '6.12' } })];
    const tooOld = compatGate({ kernels: ['6.1.9', '6.2.3', '6.12.1'], modules });
    const tooNew = compatGate({ kernels: ['6.2.3', '6.13.1'], modules });

    expect(tooOld).toMatchObject([{ rule: 'kernel-too-old', found: '6.1.9' }]);
    expect(tooOld[0]?.hint).toContain('base.kernels: newest leaves 6.1.9 out; 6.12.1 fits');
    expect(tooNew).toMatchObject([{ rule: 'kernel-too-new', found: '6.13.1' }]);
    expect(tooNew[0]?.hint).not.toContain('base.kernels');
  });

  it('passes a module that states no range, and says that it does not', () => {
    const findings = compatGate({ kernels: ['7.2.12-amd64'], modules: [aModule({ range: {} })] });

    expect(findings.map(({ rule }) => rule)).toEqual(['range-not-stated']);
    expect(passes(findings)).toBe(true);
  });
});

describe('compatGate of a module with a dkms.conf', () => {
  const kernels = ['6.1.0-56-amd64'];
  const withConf = (conf: CompatModule['conf'], over: Partial<CompatModule> = {}) =>
    aModule({ name: 'x', range: {}, conf, ...over });

  it.each([
    ['kernel-excluded', { kernel: '^7\\.' }, 'BUILD_EXCLUSIVE_KERNEL=^7\\.'],
    ['kernel-too-old', { kernelMin: '6.2.0-20' }, 'BUILD_EXCLUSIVE_KERNEL_MIN=6.2.0-20'],
    ['kernel-too-new', { kernelMax: '6.1' }, 'BUILD_EXCLUSIVE_KERNEL_MAX=6.1'],
    ['machine-excluded', { arch: 'aarch64' }, 'BUILD_EXCLUSIVE_ARCH=aarch64'],
    ['config-excluded', { config: 'CONFIG_A' }, 'BUILD_EXCLUSIVE_CONFIG=CONFIG_A'],
  ])('finds %s for %j, and offers an experiment for _MAX alone', (rule, exclusive, condition) => {
    const modules = [withConf({ ...exclusive, depends: [] })];
    const options = new Map([['6.1.0-56-amd64', new Set(['CONFIG_B'])]]);

    const [finding, ...others] = compatGate({ kernels, modules, archive, options });

    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule, severity: 'error', expected: condition });
    expect(finding?.message).toContain(condition);
    expect(finding?.hint?.includes('allow_experimental')).toBe('kernelMax' in exclusive);
  });

  it('proposes a kernel that the dkms.conf takes', () => {
    const modules = [withConf({ kernel: '^6\\.1\\.0-50', depends: [] })];

    const [finding] = compatGate({ kernels: ['6.1.0-56-cloud-amd64'], modules, archive });

    expect(finding?.hint).toContain('linux-image-6.1.0-50-cloud-amd64');
  });

  it('lets a too new kernel pass with a warning when experiments are allowed, no other', () => {
    const experimental = { options: [EXPERIMENTAL] };
    const tooNew = [withConf({ kernelMax: '6.0', depends: [] }, experimental)];
    const tooOld = [withConf({ kernelMin: '7.0', depends: [] }, experimental)];

    expect(passes(compatGate({ kernels, modules: tooNew }))).toBe(true);
    expect(passes(compatGate({ kernels, modules: tooOld }))).toBe(false);
  });

  it('says what the builder must tell, and passes', () => {
    const conf = { untold: ['BUILD_EXCLUSIVE_ARCH'], config: 'CONFIG_A', depends: [] };

    const findings = compatGate({ kernels, modules: [withConf(conf)] });

    expect(findings.map(({ rule }) => rule)).toEqual(['exclusions-untold']);
    expect(findings[0]?.message).toContain('BUILD_EXCLUSIVE_ARCH, BUILD_EXCLUSIVE_CONFIG');
    expect(passes(findings)).toBe(true);
  });

  it('finds a module that is needed and that the stream does not build', () => {
    const lustre = withConf({ name: 'lustre', depends: ['zfs'] });
    const zfs = withConf({ name: 'zfs', depends: [] });

    const [finding] = compatGate({ kernels, modules: [lustre] });

    expect(finding).toMatchObject({ rule: 'build-depends-missing', expected: 'zfs' });
    expect(passes(compatGate({ kernels, modules: [lustre, zfs] }))).toBe(true);
  });
});

describe(newestFittingKernel, () => {
  it('looks for one that fits every module', () => {
    const modules = [aModule(), aModule({ range: { min: '6.12' } })];

    expect(newestFittingKernel({ kernels: ['6.1.0-50-cloud-amd64'], modules, archive })).toBe(
      undefined,
    );
  });
});
