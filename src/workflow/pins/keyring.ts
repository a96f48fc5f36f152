import type { KeyringKey } from '../../source/openzfs/keyring.ts';
import type { Pin } from './pin.ts';

/** Whose releases the keys that come with lockstep vouch for. */
const NAME = 'OpenZFS releases';

/** The first module that takes a release, in a line that is no comment. */
const RELEASE = /^(?:[^#\n]*[\s{,-])?(openzfs):/m;

/**
 * The keys that releases are held against, in a configuration that takes such releases. They come
 * with lockstep, so there is nothing to renew in the text itself.
 */
export function keyringPins(file: string, text: string, keys: readonly KeyringKey[]): Pin[] {
  const match = RELEASE.exec(text);
  if (!match) return [];
  const from = match.index + match[0].length - 'openzfs:'.length;
  const before = text.slice(0, from);
  const place = {
    file,
    line: before.split('\n').length,
    column: from - before.lastIndexOf('\n'),
    range: { from, to: from },
  };
  return keys.map(({ fingerprint }) => ({
    kind: 'keyring',
    name: NAME,
    at: fingerprint,
    ...place,
  }));
}

/** What is wrong with a key by itself; undefined when nothing is. */
export function keyProblem(key: KeyringKey | undefined, now: Date): string | undefined {
  if (!key) return 'is not among the keys that come with lockstep';
  if (key.revoked) return 'was revoked';
  if (key.expires && key.expires < now)
    return `expired on ${key.expires.toISOString().slice(0, 10)}`;
  return undefined;
}
