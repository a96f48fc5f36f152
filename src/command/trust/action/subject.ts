import { existsSync, realpathSync } from 'node:fs';
import { posix, resolve } from 'node:path';
import type { Reference } from '../../../oci/reference.ts';
import { LockstepError } from '../../../system/error.ts';
import { parseImageName } from '../../../trust/policy/image-name.ts';
import { pathSubject, registrySubject, type Subject } from '../../../trust/policy/subject.ts';

const PATHS = ['oci-archive', 'oci', 'dir', 'docker-archive'] as const;

/**
 * The image as policies know it: by the name that it is given with `--as`, with the tag or digest
 * of the reference where that has none, else by the reference. Throws `usage`.
 */
export function subjectOf(reference: Reference, as: string | undefined, cwd: string): Subject {
  if (as != null) return subjectAs(as, reference);
  if (reference.kind === 'remote') {
    const { host, repository } = reference;
    return named(`${host}/${repository}`, reference, 'docker');
  }
  const path = resolve(cwd, reference.path);
  const transport = reference.kind === 'layout' ? 'oci' : 'oci-archive';
  return pathSubject(existsSync(path) ? realpathSync(path) : path, transport);
}

function subjectAs(as: string, reference: Reference): Subject {
  for (const transport of PATHS) {
    if (!as.startsWith(`${transport}:`)) continue;
    const [path = ''] = as.slice(transport.length + 1).split(':');
    if (!path.startsWith('/')) throw refused(as, 'the path must be absolute');
    return pathSubject(posix.normalize(path).replace(/(?<=.)\/$/, ''), transport);
  }
  const atomic = as.startsWith('atomic:');
  const text = as.replace(/^(?:docker:\/\/|atomic:)/, '');
  return named(text, reference, atomic ? 'atomic' : 'docker');
}

function named(
  text: string,
  { tag, digest }: Pick<Reference, 'tag' | 'digest'>,
  transport: 'docker' | 'atomic',
): Subject {
  const name = parseImageName(text);
  if (!name) throw refused(text, 'HOST/NAME[:TAG] is expected');
  const said = name.tag ?? name.digest;
  const full =
    said == null ? { ...name, ...(tag ? { tag } : {}), ...(digest ? { digest } : {}) } : name;
  if (full.tag != null && full.digest != null)
    throw refused(text, 'hosts take a tag or a digest, not both');
  return registrySubject(full, transport);
}

function refused(text: string, why: string): LockstepError {
  return new LockstepError('usage', `${text} names no image as hosts do: ${why}`);
}
