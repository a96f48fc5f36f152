/** A store or route as its URL tells it. */
export interface StoreAddress {
  scheme: 'dir' | 's3' | 's3s' | 'http' | 'https';
  /** The folder, bucket with prefix, or path, with a leading slash. */
  path: string;
  host: string;
  port?: number;
  user?: string;
  password?: string;
  region?: string;
  /** The URL without user and password, for people. */
  shown: string;
}

const SCHEMES: readonly string[] = ['dir', 's3', 's3s', 'http', 'https'];

/**
 * Reads the URL of a store as rfs does (src/store/mod.rs), but decodes percent signs in user and
 * password, which rfs does not. A problem names no secret.
 */
export function storeAddress(text: string): StoreAddress | { problem: string } {
  const scheme = /^([a-z][a-z0-9+.-]*):/.exec(text)?.[1];
  if (scheme === 's3+tls' || scheme === 's3s+tls')
    return { problem: `rfs cannot open ${scheme}: write s3s://` };
  if (scheme == null || !SCHEMES.includes(scheme)) {
    return {
      problem: `a store is ${SCHEMES.join('://, ')}://, not ${scheme ?? 'a text without scheme'}`,
    };
  }
  if (scheme === 'dir') return folderAddress(text);
  const url = parsed(text.replace(/^s3s?:/, 'http:'));
  if (!url)
    return {
      problem: `the address of the ${scheme} store cannot be read: encode /, + and @ in its user and password`,
    };
  return networkAddress(scheme as StoreAddress['scheme'], text, url);
}

/** rfs ignores the host of `dir:` and decodes no percent signs. */
function folderAddress(text: string): StoreAddress | { problem: string } {
  const path = text.replace(/^dir:(?:\/\/[^/]*)?/, '');
  if (!path.startsWith('/')) return { problem: 'the folder of a dir:// store must be absolute' };
  return { scheme: 'dir', path, host: '', shown: `dir://${path}` };
}

function networkAddress(
  scheme: StoreAddress['scheme'],
  text: string,
  url: URL,
): StoreAddress | { problem: string } {
  const isS3 = scheme === 's3' || scheme === 's3s';
  const port = /^[^:]+:\/\/(?:[^/@]*@)?(?:\[[^\]]*\]|[^:/?#]*):(\d+)/.exec(text)?.[1];
  if (isS3 && port == null)
    return { problem: `the ${scheme} store at ${url.hostname} needs a port` };
  if (isS3 && url.pathname === '/')
    return { problem: `the ${scheme} store at ${url.hostname} names no bucket` };
  const user = decoded(url.username);
  const password = decoded(url.password);
  if (user == null || password == null || decoded(url.pathname) == null)
    return { problem: 'user, password or path hold a broken percent sign' };
  const region = url.searchParams.get('region');
  return {
    scheme,
    host: url.hostname,
    path: url.pathname.replace(/\/+$/, '') || '/',
    shown: `${scheme}://${url.hostname}${port == null ? '' : `:${port}`}${url.pathname}${url.search}`,
    ...(port == null ? {} : { port: Number(port) }),
    ...(user === '' ? {} : { user }),
    ...(password === '' ? {} : { password }),
    ...(region == null ? {} : { region }),
  };
}

function parsed(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The same store without its password, as manifests tell it: the user stays, as rfs leaves it. */
function withoutPassword<T extends { url: string }>(route: T): T {
  return { ...route, url: route.url.replace(/^([a-z0-9+.-]+:\/\/[^/@:]*):[^/@]*@/, '$1@') };
}

/** A route as people may see it: nothing of user and password. */
export function shownRoute<T extends { url: string }>(route: T): T {
  return { ...route, url: route.url.replace(/^([a-z0-9+.-]+:\/\/)[^/]*@/, '$1***@') };
}

/** Routes as a manifest tells them: without passwords, unless these are to be kept. */
export function routesTold<T extends { url: string }>(
  stores: readonly T[],
  { keepPasswords }: { keepPasswords?: boolean },
): T[] {
  return stores.map((route) => (keepPasswords ? route : withoutPassword(route)));
}
