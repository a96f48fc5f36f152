import { LockstepError } from '../../system/error.ts';
import { run } from '../../system/process.ts';

/** What changed since a commit, and whether any of it builds something. */
export interface Changes {
  builds: boolean;
  /** Why, in one line. */
  why: string;
}

/**
 * Tells whether anything but what patterns ignore has changed since a commit; when git cannot tell,
 * something has. Throws `usage` for what is no commit.
 */
export async function changesSince(
  since: string,
  ignore: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; signal?: AbortSignal },
): Promise<Changes> {
  if (!/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(since))
    throw new LockstepError('usage', `${JSON.stringify(since)} is no commit, all digits of it`);
  const args = ['diff', '--name-only', '-z', '--no-renames', `${since}...HEAD`, '--'];
  const { status, stdout, stderr } = await run('git', args, { ...options, keep: 1 << 26 });
  if (status !== 0) return { builds: true, why: `git cannot tell: ${stderr.trim()}` };
  const paths = stdout.split('\0').filter(Boolean);
  const patterns = ignore.map(patternExpression);
  const other = paths.find((path) => !patterns.some((pattern) => pattern.test(path)));
  if (other != null) return { builds: true, why: `${other} has changed` };
  return { builds: false, why: `${paths.length} files have changed, all of them ignored` };
}

/**
 * A filter pattern of GitHub ("Filter pattern cheat sheet") as an expression: two stars stand for
 * any path, one for what is within a folder, `?` and `+` speak of the sign before.
 *
 * @example patternExpression('docs/**').test('docs/a/b.md') // true
 */
export function patternExpression(pattern: string): RegExp {
  const signs = pattern.replaceAll(
    /\*\*\/|\*\*|\*|\\(.)|(\[[^\]]*\]|[?+])|[^\w]/g,
    (sign: string, escaped: string | undefined, kept: string | undefined) => {
      if (sign === '**/') return '(?:.*/)?';
      if (sign === '**') return '.*';
      if (sign === '*') return '[^/]*';
      return kept ?? (escaped ?? sign).replace(/[^\w\s/-]/, '\\$&');
    },
  );
  return new RegExp(`^${signs}$`, 's');
}
