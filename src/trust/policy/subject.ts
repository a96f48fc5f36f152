import { formatImageName, type ImageName } from './image-name.ts';

/** An image as a policy sees it: how it is fetched, and under which names it is looked up. */
export interface Subject {
  transport: string;
  /** The name that signatures are compared with; images in layouts and archives have none. */
  name?: ImageName;
  /** Scopes that may speak of it, the most exact first. */
  scopes: readonly string[];
}

/** An image of a registry, as `docker://` or `atomic:` names it. */
export function registrySubject(name: ImageName, transport: 'docker' | 'atomic'): Subject {
  const full = name.tag == null && name.digest == null ? { ...name, tag: 'latest' } : name;
  return { transport, name: full, scopes: [formatImageName(full), ...scopesOf(full.name)] };
}

/** An image in a file or folder; the path must be absolute and free of links. */
export function pathSubject(
  path: string,
  transport: 'oci' | 'oci-archive' | 'dir' | 'docker-archive',
): Subject {
  if (transport === 'docker-archive') return { transport, scopes: [] };
  const scopes: string[] = [];
  for (let part = path; part.length > 1; part = part.slice(0, part.lastIndexOf('/'))) {
    scopes.push(part);
  }
  return { transport, scopes };
}

/**
 * The repository, what is above it up to the host with its port, and wildcards for the domains
 * that the host without its port is in (docker/policyconfiguration/naming.go).
 */
function scopesOf(repository: string): string[] {
  const scopes = [repository];
  let rest = repository;
  for (let slash = rest.lastIndexOf('/'); slash >= 0; slash = rest.lastIndexOf('/')) {
    rest = rest.slice(0, slash);
    scopes.push(rest);
  }
  let domain = rest.replace(/:.*$/, '');
  for (let dot = domain.indexOf('.'); dot >= 0; dot = domain.indexOf('.')) {
    domain = domain.slice(dot + 1);
    scopes.push(`*.${domain}`);
  }
  return scopes;
}
