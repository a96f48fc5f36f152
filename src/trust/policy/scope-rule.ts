import { posix } from 'node:path';

const DIGEST = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const ID = /^[a-f0-9]{64}$/;

/** Why a policy with this scope would not load, by transport; `''` is good for every one. */
const RULES: Readonly<Record<string, (scope: string) => string | undefined>> = {
  dir: absolutePath,
  oci: absolutePath,
  'oci-archive': absolutePath,
  sif: absolutePath,
  atomic: (scope) =>
    /^[^/]*(\/[^:/]*(\/[^:/]*(:[^:/]*)?)?)?$/.test(scope)
      ? undefined
      : 'HOST/NAMESPACE/STREAM:TAG is expected, or the beginning of it',
  'docker-archive': onlyDefault,
  tarball: onlyDefault,
  'docker-daemon': (scope) => (DIGEST.test(scope) ? 'a digest cannot be a scope' : undefined),
  'containers-storage': storage,
};

/**
 * Why the transport does not take this scope; undefined for a good one. Transports that are not
 * known take any (containers-image: `ValidatePolicyConfigurationScope`).
 */
export function problemWithScope(transport: string, scope: string): string | undefined {
  const rule = Object.hasOwn(RULES, transport) ? RULES[transport] : undefined;
  return scope === '' ? undefined : rule?.(scope);
}

function absolutePath(scope: string): string | undefined {
  if (!scope.startsWith('/')) return 'an absolute path is expected';
  if (scope === '/') return 'use the scope "" for everything';
  const clean = posix.normalize(scope).replace(/\/$/, '');
  return clean === scope ? undefined : `write it as ${clean}`;
}

function onlyDefault(): string {
  return 'only the scope "" is possible here';
}

function storage(scope: string): string | undefined {
  const [, where = '', image = ''] = /^\[([^\]]+)\](.*)$/s.exec(scope) ?? [];
  const [driver, root] = where.includes('@') ? split(where) : [where, where];
  if (driver === '' || !root.startsWith('/')) return '[DRIVER@/PATH]NAME is expected';
  const [, first, second] = image === '' ? [] : splitThree(image);
  if (second != null) {
    return DIGEST.test(first ?? '') && ID.test(second) ? undefined : 'NAME@DIGEST@ID is expected';
  }
  if (first == null || ID.test(first) || DIGEST.test(first)) return undefined;
  return 'behind the @ a digest or an ID is expected';
}

function split(text: string): [string, string] {
  const at = text.indexOf('@');
  return [text.slice(0, at), text.slice(at + 1)];
}

function splitThree(text: string): string[] {
  const [first = '', second, ...rest] = text.split('@');
  return [first, ...(second == null ? [] : [second]), ...(rest.length > 0 ? [rest.join('@')] : [])];
}
