import type { Finding } from '../../system/finding.ts';
import type { KernelEvidence } from './kernel.ts';
import type { PlatformEvidence } from './metadata.ts';

const MACHINE = /\.(?:x86_64|aarch64|ppc64le|s390x|riscv64)$/;

/** What speaks against the best evidence, which comes first. */
export function judge(
  evidence: readonly KernelEvidence[],
  platforms: readonly PlatformEvidence[],
  looked: boolean,
): Finding[] {
  const [best] = evidence;
  if (!best) return [noKernel(looked)];
  const seen = distinct(
    evidence.filter(({ trust }) => trust === 'seen').map(({ kernel }) => kernel),
  );
  return [
    ...(seen.length > 1 ? [severalKernels(seen)] : []),
    ...evidence
      .filter(({ trust, kernel }) => trust !== 'seen' && !includes(seen, kernel, best.kernel))
      .map((each) => disagrees(each, best)),
    ...platforms
      .filter(({ kernels }) => kernels.some((kernel) => !sameVersion(kernel, best.kernel)))
      .map((each) => platformDisagrees(each, best)),
    ...(best.trust === 'inherited' ? [notSeen(best)] : []),
  ];
}

/** True for the same release, where one of them may lack the machine's name at its end. */
export function sameKernel(a: string, b: string): boolean {
  return a === b || ((!MACHINE.test(a) || !MACHINE.test(b)) && sameVersion(a, b));
}

/** True for the same release of maybe different machines. */
function sameVersion(a: string, b: string): boolean {
  return a.replace(MACHINE, '') === b.replace(MACHINE, '');
}

/** With several kernels in the image a label that names one of them is no second contradiction. */
function includes(seen: readonly string[], kernel: string, best: string): boolean {
  return (seen.length > 0 ? seen : [best]).some((each) => sameKernel(each, kernel));
}

function distinct(kernels: readonly string[]): string[] {
  return kernels.filter(
    (kernel, at) => kernels.findIndex((each) => sameKernel(each, kernel)) === at,
  );
}

function severalKernels(kernels: readonly string[]): Finding {
  return {
    rule: 'several-kernels',
    severity: 'error',
    message: `the image holds ${kernels.length} kernels: ${kernels.join(', ')}`,
    hint: 'remove all but the one that is to boot',
  };
}

function disagrees(
  { source, where, kernel, trust }: KernelEvidence,
  best: KernelEvidence,
): Finding {
  return {
    rule: trust === 'inherited' ? 'stale-label' : 'kernels-disagree',
    severity: 'error',
    message: `${source} ${where} says ${kernel}, but ${best.source} ${best.where} says ${best.kernel}`,
    expected: best.kernel,
    found: kernel,
    ...(trust === 'inherited'
      ? { hint: 'it was inherited from the base image and not corrected' }
      : {}),
  };
}

function platformDisagrees({ platform, kernels }: PlatformEvidence, best: KernelEvidence): Finding {
  return {
    rule: 'platforms-disagree',
    severity: 'error',
    message: `the index has ${kernels.join(', ')} for ${platform} beside ${best.kernel}`,
    expected: best.kernel,
    found: kernels.join(', '),
    hint: 'one of the platforms was not rebuilt',
  };
}

function notSeen(best: KernelEvidence): Finding {
  return {
    rule: 'kernel-not-seen',
    severity: 'warning',
    message: `only ${best.source} ${best.where} names the kernel, which images inherit from their base`,
    hint: 'look inside with --deep',
  };
}

function noKernel(looked: boolean): Finding {
  return {
    rule: 'no-kernel',
    severity: 'error',
    message: looked ? 'the image holds no kernel' : 'nothing says which kernel is in the image',
    ...(looked ? {} : { hint: 'look inside with --deep' }),
  };
}
