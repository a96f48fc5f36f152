import { isAbsolute, resolve } from 'node:path';
import { type Digest, isDigest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';

/** Which manifest of a repository; the digest decides when both are given. */
export interface Version {
  tag?: string;
  digest?: Digest;
}

/** `oci:DIR[:TAG][@DIGEST]` or `oci-archive:FILE[:TAG][@DIGEST]`: local files. */
export interface LocalReference extends Version {
  kind: 'layout' | 'archive';
  path: string;
}

/** `HOST/NAME[:TAG][@DIGEST]`: a repository of a registry. */
export interface RemoteReference extends Version {
  kind: 'remote';
  /** With the port when there is one. */
  host: string;
  /** Name of the repository without the host. */
  repository: string;
}

export type Reference = LocalReference | RemoteReference;

const TAG = /^[\w][\w.-]{0,127}$/;
const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const HOST = /^(?:[a-zA-Z0-9](?:[\w.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:.]+\])(?::\d{1,5})?$/;
const LOCAL = { 'oci:': 'layout', 'oci-archive:': 'archive' } as const;

/** Reads a reference; throws `invalid-reference` with what is wrong in it. */
export function parseReference(text: string): Reference {
  const [rest, digest] = splitDigest(text);
  for (const [scheme, kind] of Object.entries(LOCAL)) {
    if (rest.startsWith(scheme)) return parseLocal(text, rest.slice(scheme.length), kind, digest);
  }
  return parseRemote(text, rest.replace(/^docker:\/\//, ''), digest);
}

/** Writes a reference the way `parseReference` reads it. */
export function formatReference(reference: Reference): string {
  const { tag, digest } = reference;
  const version = `${tag == null ? '' : `:${tag}`}${digest == null ? '' : `@${digest}`}`;
  if (reference.kind === 'remote') return `${reference.host}/${reference.repository}${version}`;
  return `${reference.kind === 'layout' ? 'oci:' : 'oci-archive:'}${reference.path}${version}`;
}

/** What `Reader.resolve` takes: the digest where there is one, else the tag, else `latest`. */
export function versionOf(reference: Version): string {
  return reference.digest ?? reference.tag ?? 'latest';
}

/** The same reference with its path made absolute; remote ones stay as they are. */
export function absoluteReference(reference: Reference, cwd: string): Reference {
  if (reference.kind === 'remote' || isAbsolute(reference.path)) return reference;
  return { ...reference, path: resolve(cwd, reference.path) };
}

export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Throws `invalid-reference` unless the text can be a tag. */
export function requireTag(text: string): string {
  if (isTag(text)) return text;
  throw invalid(text, 'a tag has up to 128 letters, digits, `_`, `.` and `-`', 'use tagOf(text)');
}

/** A tag out of any text, `+` and `~` of versions among it: what tags cannot hold becomes `_`. */
export function tagOf(text: string): string {
  return text
    .replace(/[^\w.-]/g, '_')
    .replace(/^[.-]/, '_')
    .slice(0, 128);
}

/** True for the name of a repository: lower-case path components (OCI distribution-spec 1.1). */
export function isRepositoryName(text: string): boolean {
  return text.length <= 255 && NAME.test(text);
}

/** Throws `invalid-reference` unless the text can be the name of a repository. */
export function requireRepositoryName(text: string): string {
  if (isRepositoryName(text)) return text;
  throw invalid(
    text,
    'not the name of a repository',
    'use lower-case letters, digits, - _ . and /',
  );
}

/** Tag under which cosign and others keep what belongs to a digest: `sha256-<hex>` + suffix. */
export function digestTag(digest: Digest, suffix = ''): string {
  return `${digest.replace(':', '-')}${suffix}`;
}

/** The digest that a `sha256-<hex>…` tag speaks of, undefined for other tags. */
export function subjectOfTag(tag: string): Digest | undefined {
  const [, hex] = /^sha256-([0-9a-f]{64})(?:$|[.-])/.exec(tag) ?? [];
  return hex == null ? undefined : `sha256:${hex}`;
}

/** The digest whose referrers are listed under this tag, undefined for other tags. */
export function subjectOfList(tag: string): Digest | undefined {
  const subject = subjectOfTag(tag);
  return subject && tag === digestTag(subject) ? subject : undefined;
}

/** The error for a tag that is not where its mover believed it to be. */
export function moved(
  where: string,
  tag: string,
  expected: Digest | null,
  now: Digest | null | undefined,
): LockstepError {
  const [was, is] = [expected ?? 'nothing', now ?? 'nothing'];
  return new LockstepError(
    'conflict',
    `${where}:${tag} is at ${is}, not at ${was}: somebody else moved it`,
    { context: { repository: where, tag, expected: was, now: is } },
  );
}

function splitDigest(text: string): [rest: string, digest: Digest | undefined] {
  const at = text.lastIndexOf('@');
  if (at < 0) return [text, undefined];
  const digest = text.slice(at + 1);
  if (!isDigest(digest)) throw invalid(text, `${JSON.stringify(digest)} is not a sha256 digest`);
  return [text.slice(0, at), digest];
}

function parseLocal(
  text: string,
  rest: string,
  kind: LocalReference['kind'],
  digest: Digest | undefined,
): LocalReference {
  const colon = rest.indexOf(':');
  const path = colon < 0 ? rest : rest.slice(0, colon);
  if (path === '') throw invalid(text, 'no path in it');
  return { kind, path, ...version(text, colon < 0 ? undefined : rest.slice(colon + 1), digest) };
}

function parseRemote(text: string, rest: string, digest: Digest | undefined): RemoteReference {
  const slash = rest.indexOf('/');
  const host = rest.slice(0, Math.max(slash, 0));
  if (!isHost(host)) {
    throw invalid(text, 'it names no registry', 'write the host first: quay.io/fedora/fedora:44');
  }
  const colon = rest.indexOf(':', slash);
  const name = rest.slice(slash + 1, colon < 0 ? undefined : colon);
  const repository = host === 'docker.io' && !name.includes('/') ? `library/${name}` : name;
  if (!isRepositoryName(repository)) throw invalid(text, `${JSON.stringify(name)} is not a name`);
  const tag = colon < 0 ? undefined : rest.slice(colon + 1);
  return { kind: 'remote', host, repository, ...version(text, tag, digest) };
}

/** True for the part before the first slash when it can only be a host, not a name's start. */
function isHost(text: string): boolean {
  return HOST.test(text) && (/[.:[]/.test(text) || text === 'localhost');
}

function version(text: string, tag: string | undefined, digest: Digest | undefined): Version {
  if (tag != null && !isTag(tag)) throw invalid(text, `${JSON.stringify(tag)} is not a tag`);
  return { ...(tag == null ? {} : { tag }), ...(digest == null ? {} : { digest }) };
}

function invalid(text: string, why: string, hint?: string): LockstepError {
  const shown = JSON.stringify(text.slice(0, 300));
  return new LockstepError('invalid-reference', `${shown} is not a reference: ${why}`, {
    hint,
  });
}
