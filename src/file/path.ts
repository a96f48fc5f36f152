import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';

/**
 * The one spelling of an archive path: no `./`, no leading, double or trailing slash; the root
 * is `''`. Throws `invalid-content` for a path that leads out of the archive or holds a zero byte.
 *
 * @example archivePath('./usr//lib/') === 'usr/lib'
 */
export function archivePath(path: string): string {
  if (isPlain(path)) return path;
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..') || path.includes('\0')) {
    throw new LockstepError(
      'invalid-content',
      `path leads out of the archive: ${JSON.stringify(path)}`,
      {
        context: { path },
      },
    );
  }
  return parts.join('/');
}

/** Where an archive path lies under a folder; it never lies outside. */
export function pathInside(folder: string, path: string): string {
  return join(folder, archivePath(path));
}

/** The folder of a path, `''` for what lies in the root. */
export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}

/** The last part of a path. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Where a link leads, as an archive path: absolute targets start at the root, and `..` above
 * the root stays there, as in a chroot.
 */
export function linkTarget(folder: string, target: string): string {
  const parts: string[] = target.startsWith('/') ? [] : folder.split('/').filter(Boolean);
  for (const part of target.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** Quick test that spares most paths the splitting. */
function isPlain(path: string): boolean {
  return !/(^|\/)\.{0,2}(\/|$)|\0/.test(path);
}
