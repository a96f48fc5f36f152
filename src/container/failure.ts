import { type FailureKind, PATTERNS } from './failure-patterns.ts';

export interface BuildFailure {
  kind: FailureKind;
  /** The lines of the log that show it, at most eight. */
  lines: string[];
  /** What to do next. */
  hint: string;
}

/** A line that ends a build, or stands where it ends. */
const FATAL =
  /\berror:(?:\s|$)|^\s*(?:ERROR|FATAL)\b|^(?:make(?:\[\d+\])?:)?\s*\*\*\* |\bError \d+$|\bFAILED\b|No space left on device|Disk quota exceeded|\bKilled\b|\bsignal 9\b|undefined!|compilation terminated|saving rejects|can't find file to patch|malformed patch/;

/** What is told on the way, and what configure asks: it says nothing of how the build goes on. */
const IN_PASSING = /^checking |\b(?:warning|note):/i;

/** What a compiler and rpmbuild say of any failure. */
const GENERIC: ReadonlySet<FailureKind> = new Set(['compiler-error', 'packaging']);

/** Lines behind the first fatal one that still belong to it. */
const REACH = 12;

/**
 * Names the reason of a failed build from what stands at the first fatal line of its log and right
 * behind it: notes from before may tell of anything, and what follows later are consequences. With
 * the kernel that was built for, headers of another one that were looked for are told apart.
 */
export function classifyFailure(log: string, status?: number, kernel?: string): BuildFailure {
  const lines = log.split('\n');
  const first = lines.findIndex(isFatal);
  if (first === -1) {
    const kind = status === 137 ? 'killed' : 'unknown';
    return { kind, lines: tail(lines), hint: HINTS[kind] };
  }
  const near = lines.slice(first, first + REACH).filter(isFatal);
  const shown = near.find((line) => !GENERIC.has(kindOf(line))) ?? near[0] ?? '';
  const kind = looksElsewhere(shown, kernel) ? 'other-kernel' : kindOf(shown);
  const at = lines.indexOf(shown, first);
  return { kind, lines: around(lines, at), hint: hintOf(kind, shown) };
}

function isFatal(line: string): boolean {
  return FATAL.test(line) && !IN_PASSING.test(line);
}

/** What make says of a recipe that failed: only names of files, which may say anything. */
const CONSEQUENCE = /^make(?:\[\d+\])?: \*\*\* \[.*\] Error \d+$/;

/** A fatal line of a kind that nobody knows is as good as what any compiler says. */
function kindOf(line: string): FailureKind {
  if (CONSEQUENCE.test(line)) return 'compiler-error';
  return PATTERNS.find(({ shows }) => shows.test(line))?.kind ?? 'compiler-error';
}

function looksElsewhere(line: string, kernel: string | undefined): boolean {
  const release = /\/lib\/modules\/([^/\s]+)\/build: No such file/.exec(line)?.[1];
  return release != null && kernel != null && release !== kernel;
}

function around(lines: readonly string[], at: number): string[] {
  return lines.slice(Math.max(0, at - 2), at + 6).filter((line) => line.trim() !== '');
}

function tail(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '').slice(-8);
}

function hintOf(kind: FailureKind, line: string): string {
  const condition = /(BUILD_EXCLUSIVE_\w+|OBSOLETE_BY)=/.exec(line)?.[1] ?? '';
  return (kind === 'kernel-excluded' && CONDITIONS[condition]) || HINTS[kind];
}

/** What helps where dkms.conf leaves the kernel out. */
const CONDITIONS: Readonly<Record<string, string>> = {
  BUILD_EXCLUSIVE_KERNEL:
    'follow a kernel whose release matches, or take a release of the module that is for this one',
  BUILD_EXCLUSIVE_KERNEL_MIN: 'follow a newer kernel',
  BUILD_EXCLUSIVE_ARCH: 'the module is for other machines: leave it out of this stream',
  BUILD_EXCLUSIVE_CONFIG:
    'follow a kernel of another flavour, built with what the module needs, or leave the module out',
};

const HINTS: Readonly<Record<FailureKind, string>> = {
  'kernel-too-new':
    'wait for a release of the module that supports this kernel, or set allow_experimental for it',
  'kernel-excluded': 'follow another kernel, or leave the module out of this stream',
  'kernel-api-changed':
    'the module does not know this kernel yet: wait for a release that does, or follow an older kernel',
  'other-kernel':
    'the source looked for the headers of another kernel than it was built for, most often the one that the machine runs: its Makefile must take KERNELRELEASE or kernelver from outside; tell its authors, or give it the right folder in MAKE of its dkms.conf',
  'headers-missing':
    'the archive has no headers for exactly this kernel: wait for them to be published',
  'dependencies-missing':
    'the builder lacks these packages: name them under builder.packages, or take another builder image',
  'invalid-version':
    "rpm takes no such version: a kernel release may hold one dash, as Fedora's do; the version of a module none",
  'patch-failed':
    'a patch does not fit this release of the source: drop it when the release has its change, or renew it',
  packaging:
    'the modules were built, but not packed: the spec of this release asks for something else than was made; read the log',
  'compiler-error': 'read the log from the first error on; it is kept in the folder of the run',
  'out-of-space': 'free some disk space and run again; what was done before the build is kept',
  killed:
    'the compiler was ended from outside, most often for want of memory: free some and run again',
  unknown: 'read the end of the log; it is kept in the folder of the run',
};
