import { EXPERIMENTAL } from '../../source/module-source.ts';
import { describeRange, standingOf } from '../../source/range.ts';
import { supports } from '../../source/support.ts';
import { type ArchiveKernel, flavourOf } from '../../stream/debian/kernel.ts';
import type { Finding } from '../../system/finding.ts';
import { confFindings } from './conf-findings.ts';
import type { CompatModule, CompatRequest } from './request.ts';

/**
 * Holds each kernel against the range that each module states, and against what its dkms.conf
 * excludes. Beyond the range is an error (a warning where the user allows experiments) with the
 * newest kernel of the archive that all modules support and the ways on. Pure: nothing is asked,
 * nothing is built.
 */
export function compatGate(request: CompatRequest): Finding[] {
  return request.modules.flatMap((module) => {
    const { min, max } = module.range;
    const ofConf = confFindings(module, request, (kernel) => otherKernels(request, kernel));
    const ofRange = request.kernels.flatMap((kernel) => findingsOf(request, module, kernel));
    const found = min || max || ofConf ? [...ofRange, ...(ofConf ?? [])] : [notStated(module)];
    return found.map((finding) => ({ ...finding, where: { key: `modules.${module.name}` } }));
  });
}

/** The newest kernel of the archive, of the same flavour, that every module supports. */
export function newestFittingKernel(request: CompatRequest): ArchiveKernel | undefined {
  const flavour = flavourOf(request.kernels.at(-1) ?? '');
  const fitting = (request.archive ?? []).filter(
    (kernel) => kernel.flavour === flavour && isSupported(kernel.release, request),
  );
  return fitting.at(-1);
}

function isSupported(kernel: string, request: CompatRequest): boolean {
  return request.modules.every((module) => supports(kernel, module, request));
}

function findingsOf(request: CompatRequest, module: CompatModule, kernel: string): Finding[] {
  const { name, version, range } = module;
  if (!range.min && !range.max) return [];
  const standing = standingOf(kernel, range);
  if (standing === 'inside') return [];
  const facts = { expected: describeRange(range), found: kernel };
  const states = `${name} ${version} supports ${facts.expected}`;
  if (standing === 'unknown') {
    const message = `${states}; the kernel release ${kernel} tells no version`;
    return [{ rule: 'kernel-version-unreadable', severity: 'error', message, ...facts }];
  }
  const message = `${states}; the kernel is ${kernel}`;
  const rule = standing === 'above' ? 'kernel-too-new' : 'kernel-too-old';
  if (standing === 'above' && module.options.includes(EXPERIMENTAL)) {
    return [{ rule, severity: 'warning', message, ...facts, hint: ALLOWED }];
  }
  return [{ rule, severity: 'error', message, ...facts, hint: waysOn(request, standing, kernel) }];
}

const ALLOWED = 'built because allow_experimental is set; do not trust it with data that matters';

function waysOn(request: CompatRequest, standing: 'above' | 'below', kernel: string): string {
  const ways =
    standing === 'above'
      ? 'wait for a release of the module that supports this kernel (stable stays as it is until then), or set allow_experimental: true for the module'
      : 'follow a newer kernel';
  return [...otherKernels(request, kernel), ways].join('\n');
}

/** Which other kernel to follow, for want of this one. */
function otherKernels(request: CompatRequest, kernel: string): string[] {
  const fitting = newestFittingKernel(request);
  const proposal = fitting
    ? `the newest kernel of the archive that fits is ${fitting.release}: to follow it, set base.debian.kernel to ${fitting.package}`
    : request.archive && 'no kernel of this flavour in the archive fits';
  const newest = request.kernels.at(-1) ?? kernel;
  const without =
    kernel !== newest &&
    isSupported(newest, request) &&
    `base.kernels: newest leaves ${kernel} out; ${newest} fits`;
  return [without, proposal].filter((line) => typeof line === 'string');
}

function notStated({ name, version }: CompatModule): Finding {
  return {
    rule: 'range-not-stated',
    severity: 'info',
    message: `${name} ${version} does not say which kernels it supports; the build will tell`,
  };
}
