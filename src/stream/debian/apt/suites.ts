import type { ArchiveName } from './package-set.ts';

/** One suite of an archive that is looked at, and whether the archive must have it. */
export interface SuiteChoice {
  suite: string;
  archive: ArchiveName;
  required: boolean;
}

/** Names that are looked through for one that is mistyped; any other may be there too. */
export const KNOWN_SUITES: readonly string[] = [
  'stable',
  'oldstable',
  'testing',
  'unstable',
  'sid',
  'experimental',
  ...['bullseye', 'bookworm', 'trixie', 'forky', 'duke'].flatMap((name) => [
    name,
    `${name}-backports`,
    `${name}-updates`,
    `${name}-proposed-updates`,
  ]),
];

/** Suites that have neither updates nor a security archive of their own. */
const ROLLING = new Set(['sid', 'unstable', 'experimental']);

/** What follows a base suite's name: `bookworm-backports` belongs to `bookworm`. */
const POCKET = /-(updates|security|proposed-updates|backports|backports-sloppy)$/;

/** The suite without its pocket: `bookworm` for `bookworm-backports`. */
export function baseSuiteOf(suite: string): string {
  return suite.replace(POCKET, '');
}

/** True for suites whose packages are taken only when asked for (`NotAutomatic: yes`). */
export function isBackports(suite: string): boolean {
  return /-backports(-sloppy)?$/.test(suite);
}

/**
 * The suites that one asked suite means: with the base suite its point-release updates and its
 * security updates where the archive has them, and for a pocket the base suite as well.
 */
export function suiteFamily(suite: string): SuiteChoice[] {
  const base = baseSuiteOf(suite);
  const family: SuiteChoice[] = [{ suite: base, archive: 'debian', required: true }];
  if (!ROLLING.has(base)) {
    family.push({ suite: `${base}-updates`, archive: 'debian', required: false });
    family.push({ suite: `${base}-security`, archive: 'debian-security', required: false });
  } else if (base === 'experimental') {
    family.unshift({ suite: 'sid', archive: 'debian', required: true });
  }
  if (family.every((choice) => choice.suite !== suite)) {
    family.push({ suite, archive: 'debian', required: true });
  }
  return family;
}
