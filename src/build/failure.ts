/** Why a build of modules failed. */
export type FailureKind =
  | 'kernel-too-new'
  | 'kernel-api-changed'
  | 'headers-missing'
  | 'dependencies-missing'
  | 'invalid-version'
  | 'patch-failed'
  | 'compiler-error'
  | 'packaging'
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

/** What rpmbuild says itself, at the start of a line, beside what the programs said that it ran. */
const OF_RPMBUILD =
  'error: (?:Bad exit status from|File not found|Directory not found|Installed \\(but unpackaged|Empty %files|Macro %|line \\d+:|Package already exists|query of specfile)';

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
  { kind: 'dependencies-missing', shows: /^error: Failed build dependencies:/ },
  {
    kind: 'invalid-version',
    shows: /Invalid version \(|double separator|Illegal char(?:acter)?(?: sequence)? .* in: /,
  },
  {
    kind: 'patch-failed',
    shows:
      /Hunk #\d+ FAILED|saving rejects to file|can't find file to patch|malformed patch at line/,
  },
  {
    kind: 'compiler-error',
    shows: new RegExp(
      `^(?!\\s*${OF_RPMBUILD}).*(?:\\berror:(?:\\s|$)|compilation terminated|\\bError \\d+$)`,
    ),
  },
  { kind: 'packaging', shows: new RegExp(`^${OF_RPMBUILD}`) },
];

/** What configure asks says nothing of how it goes on: it names headers that it finds, too. */
const QUESTION = /^checking /;

const HINTS: Record<FailureKind, string> = {
  'kernel-too-new':
    'wait for a release of the module that supports this kernel, or set allow_experimental for it',
  'kernel-api-changed':
    'the module does not know this kernel yet: wait for a release that does, or follow an older kernel',
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

/** Names the reason of a failed build from its log, with the lines that show it. */
export function classifyFailure(log: string, status?: number): BuildFailure {
  const lines = log.split('\n');
  for (const { kind, shows } of PATTERNS) {
    const at = lines.findIndex((line) => !QUESTION.test(line) && shows.test(line));
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
