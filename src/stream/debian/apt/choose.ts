import { existsSync } from 'node:fs';
import { LockstepError } from '../../../system/error.ts';
import type { ArchiveName } from './package-set.ts';
import type { AptSource } from './sources.ts';
import type { SuiteChoice } from './suites.ts';

/** Where the package debian-archive-keyring puts the keys of all current suites. */
export const DEBIAN_KEYRINGS = [
  '/usr/share/keyrings/debian-archive-keyring.gpg',
  '/usr/share/keyrings/debian-archive-keyring.pgp',
];

const COMPONENTS = new Set(['main', 'contrib', 'non-free', 'non-free-firmware']);

/** A source with the archive that it belongs to and the suite that it was chosen for. */
export interface ChosenSource extends AptSource {
  archive: ArchiveName;
  required: boolean;
}

/**
 * Finds a server for every suite among the machine's own sources: the source that lists the
 * suite, else the machine's server of that archive. A security suite without any server is left
 * out; a machine without a Debian archive is an error (`config`).
 */
export function chooseSources(
  sources: readonly AptSource[],
  family: readonly SuiteChoice[],
  components: readonly string[],
): ChosenSource[] {
  const ranked = sources.filter(looksLikeDebian).sort((a, b) => rank(b) - rank(a));
  return family.flatMap((choice) => {
    const listed = ranked.find((source) => source.suite === choice.suite);
    const source = listed ?? serverOf(choice.archive, ranked);
    if (!source && choice.required) throw noArchive();
    if (!source) return [];
    const signedBy = listed ? listed.signedBy : withDebianKeys(source.signedBy);
    const { suite, archive, required } = choice;
    return [{ uri: source.uri, suite, components: [...components], signedBy, archive, required }];
  });
}

/** The server of an archive; that of the security archive is looked for beside the main one. */
function serverOf(archive: ArchiveName, ranked: readonly AptSource[]): AptSource | undefined {
  const main = ranked.find((source) => !isSecurity(source));
  if (archive === 'debian') return main;
  const security = ranked.find(isSecurity);
  if (security || !main || !/\/debian\/?$/.test(main.uri)) return security;
  return { ...main, uri: main.uri.replace(/\/debian\/?$/, '/debian-security') };
}

function looksLikeDebian(source: AptSource): boolean {
  const known = source.components.filter((component) => COMPONENTS.has(component));
  const whole = known.length > 0 && known.length === source.components.length;
  return whole && !source.suite.endsWith('/') && !source.uri.startsWith('cdrom:');
}

/** Debian's keyring says most, then a path that is called like the archive. */
function rank(source: AptSource): number {
  const byKey = /debian-archive/.test(source.signedBy ?? '') ? 4 : 0;
  const byUnnamedKey = source.signedBy == null ? 2 : 0;
  const byPath = /\/debian(-security)?\/?$/.test(source.uri) ? 1 : 0;
  return byKey + byUnnamedKey + byPath;
}

function isSecurity(source: AptSource): boolean {
  return /-security$|\/updates$/.test(source.suite);
}

/** Suites that the machine does not list may be signed with keys that its source does not name. */
function withDebianKeys(signedBy: string | undefined): string | undefined {
  if (signedBy == null || signedBy.includes('\n')) return signedBy;
  const keyring = DEBIAN_KEYRINGS.find((path) => existsSync(path));
  if (!keyring || signedBy.split(/[,\s]+/).includes(keyring)) return signedBy;
  return `${signedBy}, ${keyring}`;
}

function noArchive(): LockstepError {
  return new LockstepError('config', "the machine's apt lists no Debian archive", {
    hint: 'add a Debian source (deb or deb822) to /etc/apt/sources.list.d',
  });
}
