import { gitFailure } from '../../source/git/failure.ts';
import { type Git, type GitOptions, initGit } from '../../source/git/git.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import type { VersionTag } from './version.ts';

/** What a repository says of its refs, and whether a commit is in its history. */
export interface PinnedRepository {
  tags: VersionTag[];
  /** The commit of the default branch. */
  head?: string;
  /** True when a branch or a tag of the repository leads to the commit. */
  holds(commit: string): Promise<boolean>;
}

/** Asks a repository for its refs; its history is fetched when that is asked for, without files. */
export async function openPinned(
  repository: string,
  options: GitOptions,
): Promise<PinnedRepository> {
  const refs = await listRefs(repository, options);
  const tips = new Set(refs.values());
  const tags = [...refs]
    .filter(([name]) => name.startsWith('refs/tags/') && !name.endsWith('^{}'))
    // What a tag object leads to stands behind it, with ^{} at its name.
    .map(([name, commit]) => ({ tag: name.slice(10), commit: refs.get(`${name}^{}`) ?? commit }));
  const head = refs.get('HEAD');
  return {
    tags,
    ...(head && { head }),
    holds: async (commit) => tips.has(commit) || inHistory(repository, commit, options),
  };
}

async function listRefs(repository: string, options: GitOptions): Promise<Map<string, string>> {
  const stdout = await withGit(repository, options, async (git) => {
    const said = await git.ok(['ls-remote', '--', repository]);
    return said.stdout;
  });
  const lines = stdout.split('\n').flatMap((line) => {
    const [, commit, name] = /^([0-9a-f]{40})\t(\S+)$/.exec(line) ?? [];
    return commit && name && (name === 'HEAD' || /^refs\/(?:heads|tags)\//.test(name))
      ? [[name, commit] as const]
      : [];
  });
  return new Map(lines);
}

/** Servers give commits of forks by their hash too: the branches and tags alone tell whose one is. */
function inHistory(repository: string, commit: string, options: GitOptions): Promise<boolean> {
  return withGit(repository, options, async (git) => {
    const refs = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];
    await git.ok(['fetch', '--quiet', '--filter=tree:0', '--', repository, ...refs]);
    const found = await git.run(['for-each-ref', '--count=1', `--contains=${commit}`]);
    // A commit that did not come with them makes git fail: it is in none.
    if (found.status !== 0 && !/no such commit|malformed object name/.test(found.stderr))
      throw gitFailure(git.place, found);
    return found.status === 0 && found.stdout.trim() !== '';
  });
}

async function withGit<T>(
  repository: string,
  options: GitOptions,
  use: (git: Git) => Promise<T>,
): Promise<T> {
  await using folder = await temporaryFolder();
  return await use(await initGit(folder.path, { repository, commit: 'HEAD' }, options));
}
