import { absentDependencies } from '../../source/build-order.ts';
import { type Exclusion, judgeExclusive } from '../../source/exclusive.ts';
import { EXPERIMENTAL } from '../../source/module-source.ts';
import { judgedKernel } from '../../source/support.ts';
import type { Finding } from '../../system/finding.ts';
import type { CompatModule, CompatRequest } from './request.ts';

/** Says which other kernel to follow. */
type OtherKernels = (kernel: string) => string[];

/**
 * What the dkms.conf of a module says against the kernels, and against the stream; undefined where
 * it has none or one that excludes nothing.
 */
export function confFindings(
  module: CompatModule,
  request: CompatRequest,
  otherKernels: OtherKernels,
): Finding[] | undefined {
  const { conf, name, version } = module;
  if (!conf) return undefined;
  const judged = request.kernels.map((kernel) => ({
    kernel,
    ...judgeExclusive(conf, judgedKernel(kernel, request)),
  }));
  const unjudged = [...new Set(judged.flatMap((one) => one.unjudged))];
  const findings = judged.flatMap(({ kernel, exclusions }) =>
    exclusions.map((one) => excluded(module, { ...one, kernel }, otherKernels(kernel))),
  );
  if (unjudged.length > 0) findings.push(untold(`${name} ${version}`, unjudged));
  findings.push(...absentDependencies(module, request.modules).map((one) => absent(module, one)));
  const states = Object.keys(conf).some((key) => /^(?:kernel|obsolete|arch|config)/.test(key));
  return states || findings.length > 0 ? findings : undefined;
}

const RULES: Record<Exclusion['kind'], string> = {
  kernel: 'kernel-excluded',
  kernelMin: 'kernel-too-old',
  kernelMax: 'kernel-too-new',
  obsoleteBy: 'kernel-too-new',
  arch: 'machine-excluded',
  config: 'config-excluded',
};

/** What helps, beside another kernel of the archive. */
const HELP: Record<Exclusion['kind'], string> = {
  kernel:
    'follow a kernel whose release matches, or take a release of the module that is for this one',
  kernelMin: 'follow a newer kernel',
  kernelMax:
    'wait for a release of the module that supports this kernel (stable stays as it is until then), or set allow_experimental: true for the module',
  obsoleteBy:
    'the kernel has what the module does: leave the module out, or set allow_experimental: true for it',
  arch: 'the module is for other machines: leave it out, or take one that is for this machine',
  config:
    'follow a kernel of another flavour, built with what the module needs, or leave the module out',
};

function excluded(
  module: CompatModule,
  { kind, condition, found, kernel }: Exclusion & { kernel: string },
  others: string[],
): Finding {
  const rule = RULES[kind];
  const message = `${module.name} ${module.version} is not for Linux ${kernel}: its dkms.conf says ${condition}, and ${found}`;
  const facts = { expected: condition, found };
  const allowed = /^(?:kernelMax|obsoleteBy)$/.test(kind) && module.options.includes(EXPERIMENTAL);
  if (allowed) {
    const hint = 'built because allow_experimental is set; do not trust it with data that matters';
    return { rule, severity: 'warning', message, ...facts, hint };
  }
  const kernels = kind === 'arch' ? [] : others;
  return { rule, severity: 'error', message, ...facts, hint: [...kernels, HELP[kind]].join('\n') };
}

function untold(module: string, directives: readonly string[]): Finding {
  return {
    rule: 'exclusions-untold',
    severity: 'info',
    message: `${module}: only the builder can tell ${directives.join(', ')} of its dkms.conf; it is asked before anything is built`,
  };
}

function absent({ name, version }: CompatModule, needed: string): Finding {
  return {
    rule: 'build-depends-missing',
    severity: 'error',
    message: `${name} ${version} must be built after the DKMS module ${needed} (BUILD_DEPENDS), and no module of the stream is that`,
    expected: needed,
    found: 'none',
    hint: `add a module whose dkms.conf has PACKAGE_NAME="${needed}" to the modules of the stream`,
  };
}
