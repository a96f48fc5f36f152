/** Why a build of modules failed. */
export type FailureKind =
  | 'kernel-too-new'
  | 'kernel-excluded'
  | 'kernel-api-changed'
  | 'other-kernel'
  | 'headers-missing'
  | 'dependencies-missing'
  | 'invalid-version'
  | 'patch-failed'
  | 'compiler-error'
  | 'packaging'
  | 'out-of-space'
  | 'killed'
  | 'unknown';

export interface Pattern {
  kind: FailureKind;
  /** A line that shows this kind of failure. */
  shows: RegExp;
}

/** What rpmbuild says itself, at the start of a line, beside what the programs said that it ran. */
const OF_RPMBUILD =
  'error: (?:Bad exit status from|File not found|Directory not found|Installed \\(but unpackaged|Empty %files|Macro %|line \\d+:|Package already exists|query of specfile)';

/** Of those that a line matches the first counts: causes stand before their consequences. */
export const PATTERNS: readonly Pattern[] = [
  { kind: 'out-of-space', shows: /No space left on device|Disk quota exceeded/ },
  {
    kind: 'killed',
    shows: /internal compiler error: Killed|fatal error: Killed|Out of memory: Killed|\bsignal 9\b/,
  },
  {
    kind: 'kernel-too-new',
    shows:
      /Cannot build against kernel version|maximum supported kernel version|unsupported kernel version|Unsupported Linux \d|is not supported by this (?:module|version)|(?:BUILD_EXCLUSIVE_KERNEL_MAX|OBSOLETE_BY)=.*, and it is newer/i,
  },
  { kind: 'kernel-excluded', shows: /is excluded by dkms\.conf: / },
  {
    kind: 'headers-missing',
    shows:
      /(?:kernel|linux).*(?:headers|source|devel).*(?:not found|missing|could not be found|no such)|Unable to locate the kernel|Please make sure the kernel devel package|kernel build directory|(?:linux\/(?:version|kconfig|kernel|module|types)|generated\/\S+)\.h: No such file|\/lib\/modules\/\S+\/build: No such file/i,
  },
  {
    kind: 'kernel-api-changed',
    shows:
      /implicit declaration of function|has no member named|incompatible pointer type|conflicting types for|too (?:few|many) arguments to function|undeclared \(first use|uses GPL-only symbol|modpost: .* undefined!|\*\*\* None of the expected .* interfaces were detected|unknown type name|fatal error: (?:linux|net|asm|uapi|drm|sound|media|crypto)\/\S+\.h: No such file|storage size of .* isn.t known/,
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
