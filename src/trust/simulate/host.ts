import { type FileTree, readIfThere } from '../../file/tree.ts';
import { LockstepError } from '../../system/error.ts';
import { parsePolicy } from '../policy/parse.ts';
import type { Policy } from '../policy/policy.ts';
import { parseRegistries, type Registries } from '../policy/registries.ts';

/** What a host judges images by. */
export interface Host {
  policy: Policy;
  registries: Registries;
  /** Where the keys lie that the policy names. */
  files: FileTree;
}

/** A file or folder in a tree. */
export interface Place {
  tree: FileTree;
  path: string;
}

export const POLICY_FILE = '/etc/containers/policy.json';
export const REGISTRIES_FOLDER = '/etc/containers/registries.d';

export interface HostPlaces {
  /** Where the policy is looked for; the first that is there counts. */
  policies?: readonly Place[];
  /** The same for the folder that says where signatures are. */
  registries?: readonly Place[];
}

/**
 * Reads what a host judges by from its files: those of this machine, of a folder, or of an image.
 * Throws `config` for what would not load, and where there is no policy, for then nothing is pulled.
 */
export async function readHost(files: FileTree, places: HostPlaces = {}): Promise<Host> {
  const host = await findHost(files, places);
  if (host) return host;
  const looked = policiesOf(files, places).map(nameOf);
  throw new LockstepError('config', `there is no policy at ${looked.join(' nor ')}`, {
    hint: 'hosts without a policy.json pull no image; lockstep trust policy writes one',
  });
}

/** The same; undefined where there is no policy. */
export async function findHost(
  files: FileTree,
  places: HostPlaces = {},
): Promise<Host | undefined> {
  for (const place of policiesOf(files, places)) {
    const bytes = await readIfThere(place.tree, place.path);
    if (!bytes) continue;
    const policy = parsePolicy(bytes, nameOf(place));
    return { policy, registries: await readRegistries(files, places), files };
  }
  return undefined;
}

function policiesOf(files: FileTree, { policies }: HostPlaces): readonly Place[] {
  return policies ?? [{ tree: files, path: POLICY_FILE }];
}

async function readRegistries(files: FileTree, { registries }: HostPlaces): Promise<Registries> {
  for (const place of registries ?? [{ tree: files, path: REGISTRIES_FOLDER }]) {
    const found = await filesIn(place);
    if (found.length > 0) return parseRegistries(found);
  }
  return parseRegistries([]);
}

async function filesIn({ tree, path }: Place): Promise<{ file: string; bytes: Uint8Array }[]> {
  const folder = path.replace(/^\/|\/$/g, '');
  const found: { file: string; bytes: Uint8Array }[] = [];
  for await (const { path: file } of tree.list(path)) {
    const name = file.slice(file.lastIndexOf('/') + 1);
    if (!name.endsWith('.yaml')) continue;
    const inside = `${folder}/${name}`;
    const bytes = await readIfThere(tree, inside);
    if (bytes) found.push({ file: nameOf({ tree, path: `/${inside}` }), bytes });
  }
  return found;
}

function nameOf({ tree, path }: Place): string {
  return tree.name === '/' ? path : `${tree.name}${path}`;
}
