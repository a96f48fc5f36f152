import { LockstepError } from '../../system/error.ts';

/** What a file must come to. */
export interface Checksum {
  /** As the file names it, in lower case: `sha512`, `md5`. */
  algorithm: string;
  /** In lower case. */
  hex: string;
}

/** Digits of a checksum, by algorithm. */
const DIGITS: Record<string, number> = { md5: 32, sha1: 40, sha256: 64, sha384: 96, sha512: 128 };

/** Algorithms for which nobody can make another file with the same checksum. */
const STRONG = ['sha256', 'sha384', 'sha512'];

/** `SHA512 (NAME) = HEX`, as `sha512sum --tag` writes it. */
const TAGGED = /^(\w+) \(([^()\s]+)\) = ([0-9a-f]+)$/i;

/** `HEX  NAME`, the older form. */
const PLAIN = /^([0-9a-f]+) [ *]?([^()\s]+)$/i;

/**
 * Reads the file `sources` of a dist-git repository, by names of files: what its sources come to
 * that do not lie in the repository itself. Throws `invalid-content` for a line that is none of its
 * two forms and for a file with two checksums.
 */
export function readSourcesFile(text: string): Map<string, Checksum> {
  const found = new Map<string, Checksum>();
  for (const [at, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '') continue;
    const entry = readLine(line.trim());
    if (!entry) throw broken(at, 'is neither `SHA512 (NAME) = HEX` nor `HEX  NAME`');
    const known = found.get(entry.name);
    if (known && known.hex !== entry.hex) throw broken(at, `names ${entry.name} again`);
    found.set(entry.name, { algorithm: entry.algorithm, hex: entry.hex });
  }
  return found;
}

/** True of a checksum that pins a file. */
export function isStrong({ algorithm }: Checksum): boolean {
  return STRONG.includes(algorithm);
}

function readLine(line: string): (Checksum & { name: string }) | undefined {
  const [, tag, tagged, value] = TAGGED.exec(line) ?? [];
  const [, older, plain] = PLAIN.exec(line) ?? [];
  const hex = (value ?? older ?? '').toLowerCase();
  const algorithm = tag?.toLowerCase() ?? algorithmOf(hex);
  if (algorithm === undefined || DIGITS[algorithm] !== hex.length) return undefined;
  return { algorithm, hex, name: tagged ?? plain ?? '' };
}

function algorithmOf(hex: string): string | undefined {
  return Object.keys(DIGITS).find((name) => DIGITS[name] === hex.length);
}

function broken(at: number, why: string): LockstepError {
  return new LockstepError('invalid-content', `line ${at + 1} of the file sources ${why}`, {
    hint: 'such a file is written by `sha512sum --tag FILE`',
  });
}
