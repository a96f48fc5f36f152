import { copyFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openNamedObjects } from '../../flist/store/objects.ts';
import { parseRoute } from '../../flist/store/route.ts';
import { connection } from '../../flist/testing/flist.ts';
import { verifyFlist } from '../../flist/verify.ts';
import type { Registry } from '../../oci/repository.ts';
import { digestOf } from '../../system/digest.ts';
import { readFlist } from '../flists/artifact.ts';
import { FLISTS } from './flist-job.ts';
import { keepLooking } from './looking.ts';

/** Where flists appear. */
export interface FlistPlaces {
  registry: Registry;
  /** Folders with `.fl` files. */
  folders: readonly string[];
  /** The store, as it is without faults. */
  store: string;
  /** A folder of the watcher's own. */
  scratch: string;
}

/** Verifies every manifest that ever appears, wherever machines or people would take it from. */
export interface FlistWatcher {
  /** What did not verify, ever. */
  problems: string[];
  looks: number;
  /** Manifests that were verified. */
  verified: number;
  stop(): Promise<void>;
}

/** Names that move, without their `.fl`. */
export const LATEST: readonly string[] = [`modules-${FLISTS.kernel}-latest`, 'firmware-latest'];

/** Starts to watch. */
export function watchFlists(places: FlistPlaces): FlistWatcher {
  const watcher = { problems: [] as string[], looks: 0, verified: 0 };
  const seen = new Map<string, string>();
  mkdirSync(places.scratch, { recursive: true });
  const check = async ({ name, version, take }: Found) => {
    if (seen.get(name) === version) return;
    seen.set(name, version);
    const problem = await problemOf(places, take);
    if (problem == null) watcher.verified += 1;
    else if (problem !== GONE) watcher.problems.push(`${name}: ${problem}`);
  };
  const lookAround = async () => {
    for (const found of inFolders(places)) await check(found);
    for (const latest of LATEST) {
      for (const found of await followed(places, latest)) await check(found);
    }
    watcher.looks += 1;
  };
  const stop = keepLooking(lookAround, (problem) => watcher.problems.push(problem));
  return Object.assign(watcher, { stop });
}

interface Found {
  name: string;
  version: string;
  /** Puts it into a file; throws when it has gone meanwhile. */
  take: (file: string) => void;
}

const GONE = 'gone';

function inFolders({ folders }: FlistPlaces): Found[] {
  return folders.flatMap((folder) => {
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.endsWith('.fl')).map((name) => inFile(join(folder, name)));
  });
}

function inFile(path: string): Found {
  const stats = statSync(path, { throwIfNoEntry: false });
  const version = `${stats?.ino} ${stats?.mtimeMs}`;
  return { name: path, version, take: (file) => copyFileSync(path, file) };
}

/** What the registry and the store say under one name. */
async function followed({ registry, store }: FlistPlaces, latest: string): Promise<Found[]> {
  const repository = registry.repository(FLISTS.repository);
  const tagged = (await repository.resolve(latest)) && (await readFlist(repository, latest)).bytes;
  const objects = openNamedObjects(store, connection);
  const fetched = await objects.get(`${FLISTS.manifests}/${latest}.fl`);
  return [
    ...(tagged ? [inMemory(`the tag ${latest}`, tagged)] : []),
    ...(fetched ? [inMemory(`${latest}.fl in the store`, fetched)] : []),
  ];
}

function inMemory(name: string, bytes: Uint8Array): Found {
  return { name, version: digestOf(bytes), take: (file) => writeFileSync(file, bytes) };
}

async function problemOf(
  { scratch, store }: FlistPlaces,
  take: Found['take'],
): Promise<string | undefined> {
  const file = join(scratch, 'taken.fl');
  try {
    take(file);
  } catch {
    return GONE;
  }
  const { verdict, findings } = await verifyFlist(file, {
    ...connection,
    routes: [parseRoute(store)],
  });
  if (verdict === 'pass') return undefined;
  return findings.map(({ rule, message }) => `${rule}: ${message}`).join('; ');
}
