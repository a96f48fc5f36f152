import { LockstepError } from '../../system/error.ts';
import { type Meta, parseMeta } from '../meta.ts';
import type { KernelRange } from '../module-source.ts';
import type { Github } from './github.ts';
import { tagOfVersion } from './version.ts';

/** Bytes of a META file; real ones have about 200. */
export const META_LIMIT = 64 << 10;

/** META as it stands in the repository at the tag of a release; throws `not-found`. */
export async function tagMeta(github: Github, version: string): Promise<Meta> {
  const address = `${github.repository}/contents/META?ref=${tagOfVersion(version)}`;
  const accept = 'application/vnd.github.raw+json';
  const { bytes } = await github.ask(address, { accept, limit: META_LIMIT });
  return requireMeta(bytes, version, `META of the tag ${tagOfVersion(version)}`);
}

/** Reads META of a release; throws `invalid-content` when it is none, or of another version. */
export function requireMeta(bytes: Uint8Array, version: string, where: string): Meta {
  const meta = parseMeta(Buffer.from(bytes).toString('utf8'));
  if (meta.version === version) return meta;
  const says = meta.version ? `is of version ${meta.version.slice(0, 40)}` : 'names no version';
  throw new LockstepError('invalid-content', `${where} ${says}, not ${version}`, {
    context: { version },
  });
}

/**
 * True when META states a range that can be meant. OpenZFS's own tests write a maximum of 99.99
 * to try kernels that are not there yet, and the tarball of 2.4.2 went out with it (openzfs/zfs
 * 18526): such a maximum says nothing. Linux counts 20 minors to a major; 50 is a century away.
 */
export function statesRange({ max }: KernelRange): boolean {
  return max != null && /^\d+\.\d+$/.test(max) && Number.parseInt(max, 10) < 50;
}
