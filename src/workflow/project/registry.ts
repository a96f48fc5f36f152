import type { EnginePlace } from '../engine/place.ts';
import { GITHUB_REGISTRY } from './project.ts';

/**
 * Where a repository can publish without a registry of its own: that of github.com, or that of its
 * Forgejo. Undefined where the address does not tell: names of GitLab's registries are settings.
 */
export function registryOf({ engine, page, repository }: EnginePlace): string | undefined {
  const { host } = new URL(page);
  const owner = repository.split('/')[0]?.toLowerCase();
  if (engine === 'github') return host === 'github.com' ? `${GITHUB_REGISTRY}/${owner}` : undefined;
  return engine === 'forgejo' ? `${host}/${owner}` : undefined;
}
