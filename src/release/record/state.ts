import type { Stream } from '../../config/schema.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { type Channel, MAIN } from '../channel/channel.ts';
import { rollbackTo } from '../promotion/record.ts';
import { IMAGE_ANNOTATION, kmodsSaid } from './annotations.ts';
import { type RunRecord, readRecords } from './run-record.ts';
import { presentStable } from './stable-tags.ts';
import type { StableImage, StreamState } from './status.ts';

/** How many run records a look at the state reads. */
const RECORDS = 200;

/** Reads from the registry alone how a stream stands. */
export async function readStreamState(
  ends: { image: Reader; stable: Reader },
  { name, publish }: Stream,
  channel: Channel = MAIN,
): Promise<StreamState> {
  const stable = await readStable(ends.stable, publish.stable);
  // Other channels than main have no rollbacks of their own.
  const rollback =
    stable && channel.name === 'main' && (await rollbackTo(ends.stable, stable.digest));
  const gone: string[] = [];
  const records = await readRecords(ends.image, RECORDS, (tag) => gone.push(tag));
  return {
    stream: name,
    stable,
    records: records.filter(recordsOf({ name }, channel)),
    ...(rollback && { rolledBack: rollback.finished }),
    ...(gone.length > 0 && { dangling: gone.sort() }),
  };
}

/** Tells the records of a stream on a channel from those of others. */
export function recordsOf(
  { name }: Pick<Stream, 'name'>,
  channel: Channel,
): (record: RunRecord) => boolean {
  const branch = channel.name === 'branch' ? channel.branch : undefined;
  return (record) => record.stream === name && record.branch === branch;
}

/** What stands under the first of the tags that hosts follow, by what it says of itself. */
export async function readStable(
  repository: Reader,
  templates: readonly string[],
): Promise<StableImage | undefined> {
  const [tag] = await presentStable(repository, templates);
  const descriptor = tag && (await repository.resolve(tag));
  if (!descriptor) return undefined;
  const { manifest } = await readManifest(repository, descriptor);
  const annotations = manifest.annotations ?? {};
  const kernel = annotations[IMAGE_ANNOTATION.kernel] ?? 'unknown';
  const kernels = kmodsSaid(annotations).map((one) => one.kernel);
  return {
    digest: descriptor.digest,
    kernel,
    kernels: kernels.length > 0 ? kernels : [kernel],
    osVersion: annotations[IMAGE_ANNOTATION.version] ?? 'unknown',
    modules: modulesOf(annotations),
    since: annotations[IMAGE_ANNOTATION.created] ?? '',
  };
}

/** Versions by the names of the modules that an image says it holds. */
export function modulesOf(annotations: Readonly<Record<string, string>>): Record<string, string> {
  const prefix = IMAGE_ANNOTATION.module('');
  const named = Object.entries(annotations).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, version]) => [name.slice(prefix.length), version]));
}
