import { extendedRegExp } from './extended-regexp.ts';

/** What a dkms.conf says of the kernels that its modules are for; as written there. */
export interface Exclusive {
  kernel?: string;
  kernelMin?: string;
  kernelMax?: string;
  obsoleteBy?: string;
  arch?: string;
  config?: string;
  /** Directives that only a shell can tell. */
  untold?: string[];
}

/** The directives of dkms(8), by what they are called here. */
export const EXCLUSIVE = {
  kernel: 'BUILD_EXCLUSIVE_KERNEL',
  kernelMin: 'BUILD_EXCLUSIVE_KERNEL_MIN',
  kernelMax: 'BUILD_EXCLUSIVE_KERNEL_MAX',
  obsoleteBy: 'OBSOLETE_BY',
  arch: 'BUILD_EXCLUSIVE_ARCH',
  config: 'BUILD_EXCLUSIVE_CONFIG',
} as const satisfies Record<Exclude<keyof Exclusive, 'untold'>, string>;

/** What a kernel is judged by. */
export interface JudgedKernel {
  /** The `uname -r` string. */
  release: string;
  /** As `uname -m` says it. */
  machine: string;
  /** Options that are set to y or m; undefined where the configuration is not at hand. */
  options?: ReadonlySet<string>;
}

/** A condition that leaves a kernel out. */
export interface Exclusion {
  kind: keyof typeof EXCLUSIVE;
  /** The directive, and what it says. */
  condition: string;
  /** What the kernel has instead. */
  found: string;
}

/**
 * Judges as DKMS does (dkms 3.2): versions are compared over the whole release, its numbers padded
 * to three digits, so that "up to 6.1" leaves out 6.1.0-56; what cannot be judged here, for want of
 * the configuration or for an odd pattern, is `unjudged` and left to the builder.
 */
export function judgeExclusive(
  exclusive: Exclusive,
  kernel: JudgedKernel,
): { exclusions: Exclusion[]; unjudged: string[] } {
  const exclusions: Exclusion[] = [];
  const unjudged = [...(exclusive.untold ?? [])];
  for (const [kind, directive] of Object.entries(EXCLUSIVE)) {
    const key = kind as keyof typeof EXCLUSIVE;
    const value = exclusive[key];
    if (!value || (key === 'obsoleteBy' && exclusive.kernelMax)) continue;
    const found = JUDGES[key](value, kernel);
    if (found === undefined) unjudged.push(directive);
    else if (found !== FITS)
      exclusions.push({ kind: key, condition: `${directive}=${value}`, found });
  }
  return { exclusions, unjudged };
}

const FITS = '';

/** What the kernel has that does not fit, `FITS`, or undefined where it cannot be told. */
type Judge = (value: string, kernel: JudgedKernel) => string | undefined;

const tooNew: Judge = (value, { release }) =>
  padded(release) > padded(value) ? `Linux ${release} is newer` : FITS;

const JUDGES: Record<keyof typeof EXCLUSIVE, Judge> = {
  kernel: (value, { release }) => matched(value, release, `Linux ${release} does not match`),
  kernelMin: (value, { release }) =>
    padded(release) < padded(value) ? `Linux ${release} is older` : FITS,
  kernelMax: tooNew,
  obsoleteBy: tooNew,
  arch: (value, { machine }) => matched(value, machine, `the machine is ${machine}`),
  config: (value, { options }) => options && unfit(value, options),
};

function matched(pattern: string, text: string, otherwise: string): string | undefined {
  const expression = extendedRegExp(pattern);
  return expression && (expression.test(text) ? FITS : otherwise);
}

function unfit(wanted: string, options: ReadonlySet<string>): string {
  const wrong = wanted.split(/\s+/).flatMap((word) => {
    const option = word.replace(/^!/, '');
    if (option === '' || options.has(option) === (option === word)) return [];
    return [option === word ? `the kernel has no ${option}` : `the kernel has ${option}`];
  });
  return wrong.join(', ');
}

function padded(version: string): string {
  return version.replaceAll(/\d+/g, (number) => number.padStart(3, '0'));
}
