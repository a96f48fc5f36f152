import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfFile } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { type GitPlace, gitError } from './failure.ts';
import { fetchCommit } from './fetch.ts';
import { type Git, type GitOptions, initGit } from './git.ts';
import { readTree, type TreeFacts } from './tree.ts';

export interface GitPoolOptions extends GitOptions {
  /** Folder of downloaded sources, by content. */
  pool: string;
}

/** A folder of a repository at a commit, and how it is built. */
export interface GitRecipe extends GitPlace {
  /** Name of a spec file in it, when it is not built by its dkms.conf or its only spec. */
  spec?: string;
}

/** A folder of a commit as a tar file in the pool, and what it says of itself. */
export interface GitArchive extends TreeFacts {
  /** 64 hex digits. */
  sha256: string;
  /** Bytes. */
  size: number;
}

/** What attributes in the repository would leave out or write differently stays as committed. */
const AS_COMMITTED = '* -text -ident -filter -working-tree-encoding -export-ignore -export-subst\n';

/**
 * Fetches a commit and puts the tree of its folder into the pool, by content. The tar file follows
 * from the commit alone, and is not compressed, as compressors differ: whoever fetches the commit
 * again gets the same bytes. Throws what `fetchCommit` throws, and `config` where nothing can be built.
 */
export async function fetchGitArchive(
  { spec, ...place }: GitRecipe,
  { pool, ...options }: GitPoolOptions,
): Promise<GitArchive> {
  await mkdir(join(pool, 'partial'), { recursive: true });
  await using folder = await temporaryFolder(join(pool, 'partial'));
  const repository = join(folder.path, 'repository');
  await mkdir(repository);
  const git = await initGit(repository, place, options);
  await fetchCommit(git);
  const facts = await readTree(git, spec);
  const partial = join(folder.path, 'tree.tar');
  await writeTar(git, { folder: folder.path, output: partial });
  const { digest, size } = await digestOfFile(partial);
  const sha256 = digest.slice('sha256:'.length);
  await rename(partial, join(pool, sha256));
  return { ...facts, sha256, size };
}

/** Fetches a pinned archive again; throws `digest-mismatch` when it comes out otherwise. */
export async function refetchGitArchive(
  pinned: GitRecipe & { sha256: string },
  options: GitPoolOptions,
): Promise<void> {
  const { sha256 } = await fetchGitArchive(pinned, options);
  if (sha256 === pinned.sha256) return;
  throw gitError(
    'digest-mismatch',
    pinned,
    `the tree of ${pinned.commit} makes an archive of digest ${sha256} where ${pinned.sha256} was pinned`,
    'another version of git may write archives otherwise: resolve anew with `lockstep run` without --replay',
  );
}

/**
 * git archives the folder that it is started in, with the date of the commit; a folder named by
 * `COMMIT:PATH` would get the date of today.
 */
async function writeTar(
  git: Git,
  { folder, output }: { folder: string; output: string },
): Promise<void> {
  const { commit, path = '.' } = git.place;
  await mkdir(join(folder, 'repository/info'), { recursive: true });
  await writeFile(join(folder, 'repository/info/attributes'), AS_COMMITTED);
  const tree = join(folder, 'tree');
  const cwd = join(tree, path);
  await mkdir(cwd, { recursive: true });
  await git.ok(['archive', '--format=tar', `--output=${output}`, commit], { work: { tree, cwd } });
}
