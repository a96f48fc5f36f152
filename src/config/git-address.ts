/** All of a commit's SHA-1. */
const COMMIT = /^[0-9a-f]{40}$/;

/** `[USER@]HOST[:PORT]/PATH`; a host that begins with a dash would be read as an option. */
const PLACE = /^(?:([^@/]*)@)?(\w[\w.-]*|\[[0-9a-f:]+\])(?::\d+)?\/[^/]/i;

/** `USER@HOST:PATH`, which git takes for ssh. */
const SHORT_SSH = /^\w[\w.-]*@\w[\w.-]*:[^-\s]/;

/** What is wrong with the address of a git repository; undefined when nothing is. */
export function gitAddressProblem(address: string): string | undefined {
  if (/[\s\p{Cc}?#\\]/u.test(address)) return 'must be an address without spaces, ? and #';
  const [, scheme, rest = ''] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(address) ?? [];
  if (scheme == null) return SHORT_SSH.test(address) ? undefined : MUST_BE;
  if (scheme === 'file') return /^\/[^/]/.test(rest) ? undefined : 'must be file:///FOLDER';
  if (scheme === 'http' || scheme === 'git')
    return `must be an https:// or ssh:// address: with ${scheme}:// anybody on the way can change what comes`;
  if (scheme !== 'https' && scheme !== 'ssh') return MUST_BE;
  const [whole, user] = PLACE.exec(rest) ?? [];
  if (whole == null) return MUST_BE;
  if (user != null && (scheme === 'https' || user.includes(':')))
    return 'must hold no credentials: it is written into inputs, which others read';
  return undefined;
}

const MUST_BE =
  'must be https://HOST/PATH, ssh://[USER@]HOST/PATH, USER@HOST:PATH or file:///FOLDER';

/** What is wrong with the name of a commit; undefined when nothing is. */
export function gitCommitProblem(commit: string): string | undefined {
  if (COMMIT.test(commit)) return undefined;
  const why = /^[0-9a-f]{4,39}$/i.test(commit)
    ? 'a short hash may come to mean another commit'
    : 'branches and tags move';
  return `must be all 40 lower-case hexadecimal digits of a commit: ${why}`;
}

/** What is wrong with the name of a spec file of modules; undefined when nothing is. */
export function specFileProblem(name: string): string | undefined {
  return /^\w[\w.+-]*-kmod\.spec$/.test(name)
    ? undefined
    : 'must be the name of a file NAME-kmod.spec; its folder goes into path';
}

/** What is wrong with a path inside a repository; undefined when nothing is. */
export function gitPathProblem(path: string): string | undefined {
  const parts = path.split('/');
  const plain = parts.every((part) => !['', '.', '..'].includes(part)) && !/\p{Cc}/u.test(path);
  return plain ? undefined : 'must be a folder inside the repository: drivers/net';
}
