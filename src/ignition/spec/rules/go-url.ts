/** The parts of a URL that rules look at. */
export interface GoUrl {
  scheme: string;
  query: string;
}

/** Reads a URL as Go's net/url does, which takes relative ones; undefined when it refuses. */
export function goUrl(text: string): GoUrl | undefined {
  // oxlint-disable-next-line no-control-regex
  if (/[\x00-\x1f\x7f]/.test(text)) return undefined;
  const [, bare = '', fragment = ''] = /^([^#]*)(?:#([^]*))?$/.exec(text) ?? [];
  if (/%(?![\da-fA-F]{2})/.test(fragment)) return undefined;
  const [, scheme, rest = ''] = /^(?:([A-Za-z][A-Za-z\d+.-]*):)?([^]*)$/.exec(bare) ?? [];
  if (scheme == null && bare.startsWith(':')) return undefined;
  const [, path = '', query = ''] = /^([^?]*)(?:\?([^]*))?$/.exec(rest) ?? [];
  const opaque = scheme != null && !path.startsWith('/');
  if (!opaque && !isHierarchical(path, scheme == null)) return undefined;
  return { scheme: scheme?.toLowerCase() ?? '', query };
}

function isHierarchical(path: string, relative: boolean): boolean {
  if (relative && !path.startsWith('/') && path.split('/')[0]?.includes(':')) return false;
  const [, authority, rest = path] = /^\/\/([^/]*)([^]*)$/.exec(path) ?? [];
  if (/%(?![\da-fA-F]{2})/.test(rest)) return false;
  return authority == null || isAuthority(authority);
}

function isAuthority(authority: string): boolean {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  const host = authority.slice(at + 1);
  if (!/^[\w.~!$&'()*+,;=:%@-]*$/.test(user)) return false;
  if (host.startsWith('[')) return /^\[[^\]]*\](?::\d*)?$/.test(host);
  if (/[\s"<>^`{|}\\]|%(?![89a-fA-F])/.test(host)) return false;
  const colon = host.indexOf(':');
  return colon < 0 || /^:\d*$/.test(host.slice(colon));
}
