import type { Stream } from './schema.ts';

/**
 * Names under which hosts pull a repository: its own, and mirrors. A mirror is one of all that is
 * published together, so kmods have the same name there but for its last part.
 */
export function namesOf(
  { publish, trust }: Pick<Stream, 'publish' | 'trust'>,
  repository: string,
): string[] {
  const registry = publish.registry.replace(/\/+$/, '');
  const own = registry.startsWith('oci:') ? [] : [`${registry}/${repository}`];
  const mirrors = (trust?.as ?? []).map((name) =>
    repository === publish.image ? name : `${name.slice(0, name.lastIndexOf('/'))}/${repository}`,
  );
  return [...new Set([...own, ...mirrors])];
}
