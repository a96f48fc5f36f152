/** Why a build of modules failed. */
export type FailureKind =
  | 'kernel-too-new'
  | 'kernel-api-changed'
  | 'headers-missing'
  | 'compiler-error'
  | 'out-of-space'
  | 'killed'
  | 'unknown';

export interface BuildFailure {
  kind: FailureKind;
  /** The lines of the log that show it, at most eight. */
  lines: string[];
  /** What to do next. */
  hint: string;
}

interface Pattern {
  kind: FailureKind;
  /** A line that shows this kind of failure. */
  shows: RegExp;
}

/**
 * First match wins, so the causes stand before their consequences: a full disk also makes the
 * compiler fail, and a refusing configure stops before any compiler error.
 */
const PATTERNS: readonly Pattern[] = [
  { kind: 'out-of-space', shows: /No space left on device|Disk quota exceeded/ },
  {
    kind: 'killed',
    shows: /internal compiler error: Killed|fatal error: Killed|Out of memory: Killed|\bsignal 9\b/,
  },
  {
    kind: 'kernel-too-new',
    shows:
      /Cannot build against kernel version|maximum supported kernel version|unsupported kernel version|Unsupported Linux \d|is not supported by this (?:module|version)/i,
  },
  {
    kind: 'headers-missing',
    shows:
      /(?:kernel|linux).*(?:headers|source|devel).*(?:not found|missing|could not be found|no such)|Unable to locate the kernel|Please make sure the kernel devel package|kernel build directory|linux\/\S+\.h: No such file|\/lib\/modules\/\S+\/build: No such file/i,
  },
  {
    kind: 'kernel-api-changed',
    shows:
      /implicit declaration of function|has no member named|incompatible pointer type|conflicting types for|too (?:few|many) arguments to function|undeclared \(first use|uses GPL-only symbol|modpost: .* undefined!|\*\*\* None of the expected .* interfaces were detected|unknown type name|storage size of .* isn.t known/,
  },
  { kind: 'compiler-error', shows: /\berror:|compilation terminated|\bError \d+$/ },
];

const HINTS: Record<FailureKind, string> = {
  'kernel-too-new':
    'wait for a release of the module that supports this kernel, or set allow_experimental for it',
  'kernel-api-changed':
    'the module does not know this kernel yet: wait for a release that does, or follow an older kernel',
  'headers-missing':
    'the archive has no headers for exactly this kernel: wait for them to be published',
  'compiler-error': 'read the log from the first error on; it is kept in the folder of the run',
  'out-of-space': 'free some disk space and run again; what was done before the build is kept',
  killed:
    'the compiler was ended from outside, most often for want of memory: free some and run again',
  unknown: 'read the end of the log; it is kept in the folder of the run',
};

/** Names the reason of a failed build from its log, with the lines that show it. */
export function classifyFailure(log: string, status?: number): BuildFailure {
  const lines = log.split('\n');
  for (const { kind, shows } of PATTERNS) {
    const at = lines.findIndex((line) => shows.test(line));
    if (at !== -1) return { kind, lines: around(lines, at), hint: HINTS[kind] };
  }
  const kind = status === 137 ? 'killed' : 'unknown';
  return { kind, lines: tail(lines), hint: HINTS[kind] };
}

function around(lines: readonly string[], at: number): string[] {
  return lines.slice(Math.max(0, at - 2), at + 6).filter((line) => line.trim() !== '');
}

function tail(lines: readonly string[]): string[] {
  return lines.filter((line) => line.trim() !== '').slice(-8);
}
