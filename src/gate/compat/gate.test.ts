import { describe, expect, it } from 'vitest';
import { EXPERIMENTAL } from '../../source/module-source.ts';
import { passes } from '../../system/finding.ts';
import { type CompatModule, compatGate, newestFittingKernel } from './gate.ts';

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

describe(newestFittingKernel, () => {
  it('looks for one that fits every module', () => {
    const modules = [aModule(), aModule({ range: { min: '6.12' } })];

    expect(newestFittingKernel({ kernels: ['6.1.0-50-cloud-amd64'], modules, archive })).toBe(
      undefined,
    );
  });
});
