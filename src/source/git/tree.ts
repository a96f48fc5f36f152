import { type DkmsConf, readDkmsConf } from '../dkms-conf.ts';
import { parseMeta } from '../meta.ts';
import type { KernelRange } from '../module-source.ts';
import type { RemoteSource } from '../spec/remote-sources.ts';
import { gitError } from './failure.ts';
import type { Git } from './git.ts';
import { chooseSpec, readSpecFile, type SpecChoice } from './tree-spec.ts';

/** What a source says of itself. */
export interface TreeFacts {
  /** Version that the code gives itself, when it does plainly. */
  upstreamVersion?: string;
  range: KernelRange;
  /** What its dkms.conf says, when it is built by it. */
  conf?: DkmsConf;
  /** The spec file that it is built by, when it is not by a dkms.conf. */
  spec?: SpecChoice;
  /** What the spec takes from elsewhere. */
  remote?: RemoteSource[];
}

/** Placeholders (`#MODULE_VERSION#`) and what a package cannot have in its version are none. */
const VERSION = /^\w[\w.+~-]*$/;

/**
 * Reads what says how the folder is built: the spec file that was asked for, else dkms.conf with
 * META beside it, else its only `*-kmod.spec`. Throws `config` where there is none of them.
 */
export async function readTree(git: Git, asked?: string): Promise<TreeFacts> {
  const conf = asked ? undefined : await fileIn(git, 'dkms.conf');
  const read = conf == null ? await readSpecTree(git, asked) : await readDkmsTree(git, conf);
  const { versions, ...facts } = read;
  const version = versions.find((one) => VERSION.test(one ?? ''));
  return { ...(version && { upstreamVersion: version }), ...facts };
}

interface Read extends Omit<TreeFacts, 'upstreamVersion'> {
  /** The first plain one counts. */
  versions: (string | undefined)[];
}

async function readDkmsTree(git: Git, text: string): Promise<Read> {
  const conf = readDkmsConf(text);
  const meta = parseMeta((await fileIn(git, 'META')) ?? '');
  return { versions: [conf.version, meta.version], range: meta.range, conf };
}

async function readSpecTree(git: Git, asked: string | undefined): Promise<Read> {
  const { commit, path } = git.place;
  const listed = await names(git, `${commit}:${path ?? ''}`);
  const file = chooseSpec(listed, asked);
  if (!file) throw await noRecipe(git, asked);
  if (Array.isArray(file)) {
    const message = `${placeOf(git)} has several spec files of modules: ${file.join(', ')}`;
    throw gitError('config', git.place, message, 'name one of them as `spec`');
  }
  const text = (await fileIn(git, file)) ?? '';
  const sources = listed.includes('sources') ? await fileIn(git, 'sources') : undefined;
  const { problems, version, ...facts } = readSpecFile(file, text, { listed, sources });
  if (problems.length === 0) return { versions: [version], range: {}, ...facts };
  throw gitError(
    'config',
    git.place,
    `${file} of ${placeOf(git)} cannot be built from what is pinned:\n${problems.join('\n')}`,
    'nothing is fetched in a build: put the files into the repository, or their checksums into `sources` beside the spec (`sha512sum --tag FILE`)',
  );
}

async function noRecipe(git: Git, asked: string | undefined) {
  const what = asked ?? 'dkms.conf and no NAME-kmod.spec';
  const pattern = asked ? undefined : /^(?:dkms\.conf|.+-kmod\.spec)$/;
  const folders = await foldersWith(git, (name) => pattern?.test(name) ?? name === asked);
  return gitError(
    'config',
    git.place,
    `${git.place.repository} has no ${what}${git.place.path ? ` in ${git.place.path}` : ''} at ${git.place.commit.slice(0, 12)}`,
    folders.length > 0
      ? `name its folder as \`path\`: ${folders.slice(0, 10).join(', ')}`
      : 'name a repository with a dkms.conf or a spec file: it says how the module is built',
  );
}

function placeOf({ place: { repository, path } }: Git): string {
  return path ? `${repository} (${path})` : repository;
}

/** The text of a file of the folder; undefined when there is none. */
async function fileIn({ run, place }: Git, name: string): Promise<string | undefined> {
  const file = [place.path, name].filter(Boolean).join('/');
  const { status, stdout } = await run(['cat-file', 'blob', `${place.commit}:${file}`]);
  return status === 0 ? stdout : undefined;
}

/** What lies in a tree; nothing where there is no such tree. */
async function names({ run }: Git, tree: string, ...options: string[]): Promise<string[]> {
  const { stdout } = await run(['ls-tree', '-z', '--name-only', ...options, tree]);
  return stdout.split('\0').filter(Boolean);
}

async function foldersWith(git: Git, fits: (name: string) => boolean): Promise<string[]> {
  const all = await names(git, git.place.commit, '-r', '--full-tree');
  const folders = all.flatMap((path) => {
    const parts = path.split('/');
    return fits(parts.at(-1) ?? '') ? [parts.slice(0, -1).join('/')] : [];
  });
  return [...new Set(folders)].map((folder) => folder || '(none: the root)');
}
