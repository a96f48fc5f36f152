import type { Finding } from '../system/finding.ts';
import type { PackageFacts, Requirement } from './package-facts.ts';

/** Where modules lie, and for which kernel. */
const MODULE_PATH = /^(?:usr\/)?lib\/modules\/([^/]+)\/.*\.ko(?:\.(?:xz|zst|gz))?$/;
const RECIPE =
  'OpenZFS since 2.2 leaves the requirement out when the builder has both kernel and kernel-devel: build with kernel-devel only (its kmodtool then takes the Fedora template), or add `Requires: kernel-uname-r = RELEASE` to the spec';

/** The kernels that the modules of a package are for. */
export function kernelsOf(facts: PackageFacts): string[] {
  return [...new Set(facts.files.flatMap(({ path }) => MODULE_PATH.exec(path)?.[1] ?? []))];
}

/** Files of a package that are kernel modules. */
export function modulesOf(facts: PackageFacts): PackageFacts['files'] {
  return facts.files.filter(({ path }) => MODULE_PATH.test(path));
}

/**
 * What a package of modules must say: that it is for exactly one kernel, and which; and what its
 * scripts must do when it is installed into an image, where another kernel runs.
 */
export function checkPackage(facts: PackageFacts): Finding[] {
  const kernels = kernelsOf(facts);
  const [kernel] = kernels;
  if (kernel == null) {
    return [error(facts, 'package-empty', 'holds no kernel modules')];
  }
  if (kernels.length > 1) {
    const found = kernels.join(', ');
    return [error(facts, 'package-kernel', 'holds modules for more than one kernel', { found })];
  }
  return [
    ...checkRequires(facts, kernel),
    ...checkName(facts, kernel),
    ...checkScripts(facts, kernel),
  ];
}

function* checkRequires(facts: PackageFacts, kernel: string): Generator<Finding> {
  if (facts.requires.some((requirement) => namesKernel(facts, requirement, kernel))) return;
  const other = facts.requires.find(({ name }) => /^kernel-uname-r$|^linux-image-\d/.test(name));
  const expected =
    facts.format === 'rpm'
      ? `Requires: kernel-uname-r = ${kernel}`
      : `Depends: linux-image-${kernel}`;
  yield error(
    facts,
    'package-kernel',
    `does not require kernel ${kernel}, so it installs beside any`,
    {
      expected,
      found: other ? `${other.name} ${other.relation ?? ''} ${other.version ?? ''}`.trim() : 'none',
      hint: facts.format === 'rpm' ? RECIPE : `add ${expected}`,
    },
  );
}

function namesKernel(facts: PackageFacts, requirement: Requirement, kernel: string): boolean {
  const { name, relation, version } = requirement;
  if (facts.format === 'rpm') {
    return name === 'kernel-uname-r' && relation === '=' && version === kernel;
  }
  const image = name.replace(/-unsigned$/, '');
  return image === `linux-image-${kernel}` || image === `linux-modules-${kernel}`;
}

/** A name that tells a kernel must tell the one of the modules. */
function* checkName(facts: PackageFacts, kernel: string): Generator<Finding> {
  const { name } = facts;
  if (name.includes(kernel)) return;
  const told = /-(\d+\.\d+\.\d+-.+|\d+\.\d+\.\d+\+.+)$/.exec(name)?.[1];
  if (!told) return;
  yield error(facts, 'package-name', `has the name of kernel ${told} and modules for ${kernel}`, {
    expected: kernel,
    found: told,
    hint: 'go by the header, not by the name; build the package again',
  });
}

/** In an image build `uname -r` is the kernel of the builder. */
function* checkScripts(facts: PackageFacts, kernel: string): Generator<Finding> {
  const script = facts.scripts.find((text) => /\bdepmod\b/.test(text));
  if (script == null) {
    yield warning(facts, 'package-scripts', 'runs no depmod when it is installed', kernel);
  } else if (/uname\s+-r/.test(script)) {
    yield warning(
      facts,
      'package-scripts',
      'runs depmod only when its kernel is the running one, so never in an image build',
      kernel,
    );
  }
}

function error(
  facts: PackageFacts,
  rule: string,
  what: string,
  details: Partial<Finding> = {},
): Finding {
  return { rule, severity: 'error', message: `package ${facts.name} ${what}`, ...details };
}

function warning(facts: PackageFacts, rule: string, what: string, kernel: string): Finding {
  return {
    rule,
    severity: 'warning',
    message: `package ${facts.name} ${what}`,
    hint: `run depmod ${kernel} in the image after it is installed`,
  };
}
