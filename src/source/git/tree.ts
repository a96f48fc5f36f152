import { kernelRangeOf } from '../dkms.ts';
import { type DkmsConf, readDkmsConf } from '../dkms-conf.ts';
import { parseMeta } from '../meta.ts';
import type { KernelRange } from '../module-source.ts';
import { gitError } from './failure.ts';
import type { Git } from './git.ts';

/** What a source says of itself. */
export interface TreeFacts {
  /** Version that the code gives itself, when it does plainly. */
  upstreamVersion?: string;
  range: KernelRange;
}

/** Placeholders (`#MODULE_VERSION#`) and what a package cannot have in its version are none. */
const VERSION = /^\w[\w.+~-]*$/;

/** Reads dkms.conf, and META beside it; throws `config` where there is no dkms.conf. */
export async function readTree(git: Git): Promise<TreeFacts> {
  const conf = await readConf(git);
  const meta = parseMeta((await fileIn(git, 'META')) ?? '');
  const version = [conf.version, meta.version].find((one) => VERSION.test(one ?? ''));
  return { ...(version && { upstreamVersion: version }), range: kernelRangeOf(conf, meta) };
}

async function readConf(git: Git): Promise<DkmsConf> {
  const text = await fileIn(git, 'dkms.conf');
  if (text != null) return readDkmsConf(text);
  const { commit, repository, path } = git.place;
  const folders = await foldersWithConf(git);
  const where = path ? ` in ${path}` : '';
  throw gitError(
    'config',
    git.place,
    `${repository} has no dkms.conf${where} at ${commit.slice(0, 12)}`,
    folders.length > 0
      ? `name its folder as \`path\`: ${folders.slice(0, 10).join(', ')}`
      : 'name a repository with a dkms.conf: it says how the module is built',
  );
}

/** The text of a file of the folder; undefined when there is none. */
async function fileIn({ run, place }: Git, name: string): Promise<string | undefined> {
  const file = [place.path, name].filter(Boolean).join('/');
  const { status, stdout } = await run(['cat-file', 'blob', `${place.commit}:${file}`]);
  return status === 0 ? stdout : undefined;
}

async function foldersWithConf({ ok, place }: Git): Promise<string[]> {
  const { stdout } = await ok(['ls-tree', '-r', '-z', '--name-only', '--full-tree', place.commit]);
  return stdout
    .split('\0')
    .flatMap((name) =>
      /(?:^|\/)dkms\.conf$/.test(name) ? [name.replace(/\/?dkms\.conf$/, '')] : [],
    )
    .map((folder) => folder || '(none: the root)');
}
