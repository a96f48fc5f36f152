import { mapConcurrently } from '../system/concurrency.ts';
import type { Digest } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { streamOf } from './content.ts';
import type { Descriptor } from './descriptor.ts';
import { type Graph, readGraph } from './graph.ts';
import { isLostUpload } from './lost-upload.ts';
import { readManifest, requireDescriptor } from './manifest.ts';
import { subjectOfList, subjectOfTag } from './reference.ts';
import { canMount, canSettle, type Reader, type Repository } from './repository.ts';

export interface CopyOptions {
  /** Take along what refers to the root and to its parts, whatever its kind (default false). */
  referrers?: boolean;
  /** Take along the `sha256-<hex>.sig`, `.att`, … tags of the root and its parts (default false). */
  digestTags?: boolean;
  /** Tags that the root gets at its new place; they may move. */
  tags?: readonly string[];
  /** Blobs that travel at the same time (default 3). */
  concurrency?: number;
  onProgress?: (event: CopyEvent) => void;
}

/** What became of one blob or manifest: it was there, was mounted, or its bytes were moved. */
export interface CopyEvent {
  descriptor: Descriptor;
  how: 'present' | 'mounted' | 'copied';
}

/** What a copy did; bytes count blobs and manifests whose bytes went through us. */
export interface CopyResult {
  root: Descriptor;
  copiedBytes: number;
  copied: number;
  mounted: number;
  present: number;
}

interface Journey {
  from: Reader;
  to: Repository;
  options: CopyOptions;
  result: CopyResult;
  /** Manifests that have arrived. */
  done: Set<Digest>;
}

/** How often a blob or a graph is sent when something gets in the way. */
const ATTEMPTS = 5;

/**
 * Copies a manifest with everything it is made of; what is there already is not sent again.
 * `root` is a tag, a digest or a descriptor. Throws `not-found` naming what is missing.
 */
export async function copy(
  from: Reader,
  to: Repository,
  root: string | Descriptor,
  options: CopyOptions = {},
): Promise<CopyResult> {
  const descriptor = await requireDescriptor(from, root);
  const result = { root: descriptor, copiedBytes: 0, copied: 0, mounted: 0, present: 0 };
  const journey: Journey = { from, to, options, result, done: new Set() };
  try {
    await copyTree(journey, descriptor);
    if (options.digestTags === true) await copyDigestTags(journey);
    for (const tag of options.tags ?? []) await to.tag(tag, descriptor);
    if (canSettle(to)) await to.settle();
  } catch (error) {
    if (canSettle(to)) await to.abandon();
    throw error;
  }
  return result;
}

/** Copies a graph and, when asked, what refers to its manifests, and so on. */
async function copyTree(journey: Journey, root: Descriptor): Promise<void> {
  if (journey.done.has(root.digest)) return;
  const graph = await readGraph(journey.from, root);
  await sendGraph(journey, graph);
  for (const { descriptor } of graph.manifests) {
    if (journey.options.referrers === true) await copyReferrers(journey, descriptor.digest);
  }
}

async function copyReferrers(journey: Journey, subject: Digest): Promise<void> {
  const { from, to } = journey;
  const referrers = await from.referrers(subject);
  for (const referrer of referrers) await copyTree(journey, referrer);
  if (referrers.length === 0) return;
  // A copy that was killed, or a tool that keeps no lists, may have left one that nobody finds.
  const listed = new Set((await to.referrers(subject)).map(({ digest }) => digest));
  for (const referrer of referrers.filter(({ digest }) => !listed.has(digest))) {
    const { descriptor, bytes } = await readManifest(from, referrer);
    await to.write(descriptor, streamOf(bytes));
  }
}

async function sendGraph(journey: Journey, graph: Graph): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await mapConcurrently(graph.blobs, journey.options.concurrency ?? 3, (blob) =>
        sendBlob(journey, blob),
      );
      for (const document of graph.manifests) await sendManifest(journey, document);
      return;
    } catch (error) {
      // A blob that was there may be swept before the manifest that names it arrives.
      const swept = error instanceof LockstepError && error.code === 'not-found';
      if (!swept || attempt === ATTEMPTS) throw error;
    }
  }
}

async function sendBlob(journey: Journey, blob: Descriptor): Promise<void> {
  const { from, to } = journey;
  for (let attempt = 1; ; attempt += 1) {
    if (await to.has(blob)) return count(journey, blob, 'present');
    if (canMount(to) && (await to.mount(blob, from))) return count(journey, blob, 'mounted');
    try {
      // By range, as the other end compares it with its digest and once is enough.
      await to.write(blob, from.read(blob, { start: 0, end: blob.size }));
      return count(journey, blob, 'copied');
    } catch (error) {
      // Some registries forget an upload that broke; only its source can send it anew.
      if (isMismatch(error)) await readWhole(from, blob);
      else if (!isLostUpload(error)) throw error;
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

function isMismatch(error: unknown): boolean {
  return error instanceof LockstepError && error.code === 'digest-mismatch';
}

/** Throws what is wrong with a blob at its source, which knows best where it lies. */
async function readWhole(from: Reader, blob: Descriptor): Promise<void> {
  for await (const _ of from.read(blob));
}

async function sendManifest(
  journey: Journey,
  { descriptor, bytes }: Graph['manifests'][number],
): Promise<void> {
  if (journey.done.has(descriptor.digest)) return;
  const known = await journey.to.resolve(descriptor.digest);
  if (!known) await journey.to.write(descriptor, streamOf(bytes));
  count(journey, descriptor, known ? 'present' : 'copied');
  journey.done.add(descriptor.digest);
}

async function copyDigestTags(journey: Journey): Promise<void> {
  for (const tag of await journey.from.tags()) {
    const subject = subjectOfTag(tag);
    if (!subject || !journey.done.has(subject) || subjectOfList(tag)) continue;
    const descriptor = await journey.from.resolve(tag);
    if (!descriptor) continue;
    await copyTree(journey, descriptor);
    await journey.to.tag(tag, descriptor);
  }
}

function count(
  { options, result }: Pick<Journey, 'options' | 'result'>,
  descriptor: Descriptor,
  how: CopyEvent['how'],
): void {
  result[how] += 1;
  if (how === 'copied') result.copiedBytes += descriptor.size;
  options.onProgress?.({ descriptor, how });
}
