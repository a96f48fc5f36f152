import { setTimeout as sleep } from 'node:timers/promises';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { settleTime } from '../change-tag.ts';
import type { Descriptor } from '../descriptor.ts';
import {
  artifactTypeOf,
  documentOf,
  isIndex,
  type Manifest,
  parseManifest,
  referrerOf,
} from '../manifest.ts';
import { OCI_EMPTY, OCI_INDEX } from '../media-type.ts';
import { digestTag } from '../reference.ts';
import type { Client } from './client.ts';
import { getManifest, putManifest } from './manifests.ts';
import { pages } from './pages.ts';

/** How often an entry is added again that another client's write made go. */
const ATTEMPTS = 12;

/** What registries answer that do not know the path. */
const NO_API = [400, 404, 405, 501];

/** Shortest time, in ms, in which another client may be between its read and its write. */
export const SETTLE_TIME = 150;

/** Writers of this process, one line for each list. */
const queues = new Map<string, Promise<unknown>>();

/** What the registry lists for a subject; undefined when it keeps no such lists. */
export async function listByApi(
  client: Client,
  subject: Digest,
): Promise<Descriptor[] | undefined> {
  const found: Descriptor[] = [];
  for await (const { status, bytes } of pages(client, `referrers/${subject}`, NO_API)) {
    if (status !== 200) return undefined;
    const page = parseManifest(bytes, OCI_INDEX);
    if (isIndex(page)) found.push(...page.manifests);
  }
  return found;
}

/** What the clients list under the fallback tag (distribution-spec 1.1, "Referrers Tag Schema"). */
export async function listByTag(client: Client, subject: Digest): Promise<Descriptor[]> {
  const index = await getManifest(client, digestTag(subject));
  const manifest = index && parseManifest(index.bytes, index.descriptor.mediaType);
  return manifest && isIndex(manifest) ? manifest.manifests : [];
}

/**
 * Gives entries the artifact type that their manifests have. Some clients leave it out, and some
 * servers report the type of the config in its place; entries of manifests that are gone go.
 */
export async function completed(client: Client, entries: Descriptor[]): Promise<Descriptor[]> {
  const complete: Descriptor[] = [];
  for (const entry of entries) {
    if (entry.artifactType != null && entry.artifactType !== OCI_EMPTY) {
      complete.push(entry);
      continue;
    }
    const found = await getManifest(client, entry.digest);
    if (!found) continue;
    const manifest = parseManifest(found.bytes, found.descriptor.mediaType);
    complete.push(referrerOf({ descriptor: found.descriptor, manifest }));
  }
  return complete;
}

/** The entry that a list of referrers has for a manifest. */
export function entryOf(descriptor: Descriptor, manifest: Manifest): Descriptor {
  const artifactType = artifactTypeOf(manifest);
  return referrerOf({
    descriptor,
    manifest: { ...manifest, ...(artifactType == null ? {} : { artifactType }) },
  });
}

/** Entries that are being added to one list. */
interface Batch {
  entries: Descriptor[];
  /** Ends the pause before the list is looked at again. */
  wake: () => void;
  done: Promise<void>;
}

const batches = new Map<string, Batch>();

/**
 * Adds an entry to the list under the fallback tag, where registries know no referrers. Another
 * client that read the list before us and writes after us makes our entry go; so it is looked
 * for again after a while, and added again until it stays. Ours is built on a list that was read
 * right before it is written. Entries of this process that come meanwhile wait together.
 */
export function addByTag(client: Client, subject: Digest, entry: Descriptor): Promise<void> {
  const key = `${client.name}@${subject}`;
  const open = batches.get(key);
  if (open) {
    join(open, entry);
    return open.done;
  }
  const batch: Batch = { entries: [entry], wake: () => {}, done: Promise.resolve() };
  batches.set(key, batch);
  batch.done = inLine(key, async () => {
    try {
      await addAll(client, subject, batch);
    } finally {
      batches.delete(key);
    }
  });
  return batch.done;
}

function join({ entries, wake }: Batch, entry: Descriptor): void {
  if (entries.some(({ digest }) => digest === entry.digest)) return;
  entries.push(entry);
  wake();
}

async function addAll(client: Client, subject: Digest, batch: Batch): Promise<void> {
  const { entries } = batch;
  let seen = 0;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    if (entries.length > seen) attempt = 1;
    seen = entries.length;
    const took = await change(client, subject, (there) => {
      const lacking = entries.filter((one) => there.every(({ digest }) => digest !== one.digest));
      return lacking.length > 0 ? [...there, ...lacking] : undefined;
    });
    if (entries.length > seen) continue;
    if (took == null && attempt > 1) return;
    await pause(batch, settleTime({ settleTime: SETTLE_TIME }, attempt, took ?? 0));
  }
  throw new LockstepError('conflict', `${client.name}: the referrers of ${subject} keep changing`, {
    hint: 'another client writes the same list all the time; call again later',
  });
}

/** Waits, but no longer than until another entry comes. */
async function pause(batch: Batch, ms: number): Promise<void> {
  const arrival = new AbortController();
  batch.wake = () => arrival.abort();
  await sleep(ms, undefined, { signal: arrival.signal }).catch(() => {});
}

/** Takes an entry out of the list under the fallback tag. */
export function removeByTag(client: Client, subject: Digest, entry: Digest): Promise<void> {
  return inLine(`${client.name}@${subject}`, async () => {
    await change(client, subject, (entries) =>
      entries.some(({ digest }) => digest === entry)
        ? entries.filter(({ digest }) => digest !== entry)
        : undefined,
    );
  });
}

/** Changes the list; milliseconds that it took, undefined when there was nothing to change. */
async function change(
  client: Client,
  subject: Digest,
  edit: (entries: Descriptor[]) => Descriptor[] | undefined,
): Promise<number | undefined> {
  const started = performance.now();
  const entries = edit(await listByTag(client, subject));
  if (!entries) return undefined;
  const index = documentOf({ mediaType: OCI_INDEX, manifests: entries });
  await putManifest(client, digestTag(subject), index);
  return performance.now() - started;
}

async function inLine<T>(key: string, action: () => Promise<T>): Promise<T> {
  const before = queues.get(key) ?? Promise.resolve();
  const mine = before.then(action);
  const settled = mine.catch(() => {});
  queues.set(key, settled);
  try {
    return await mine;
  } finally {
    if (queues.get(key) === settled) queues.delete(key);
  }
}
