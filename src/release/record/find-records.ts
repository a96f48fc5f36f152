import { type Artifact, artifactIn, asImage, readArtifact } from '../../oci/artifact.ts';
import { ifThere } from '../../oci/content.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { LockstepError } from '../../system/error.ts';
import type { Channel } from '../channel/channel.ts';
import { runTag, runTags } from './run-name.ts';
import { RunRecord, STREAM } from './run-record.ts';

/** How many records are read at once: few at first, since the newest often says all. */
const FIRST = 2;
const MOST = 64;
const CONCURRENCY = 8;

/**
 * The records of a stream, newest first, read as they are asked for, however many others stand
 * between them; what cannot be read is left out. `onGone` is told of tags that point to nothing,
 * which some registries keep.
 */
export async function* recordsOf(
  repository: Reader,
  stream: string,
  onGone: (tag: string) => void = () => {},
): AsyncGenerator<RunRecord> {
  const tags = runTags(await repository.tags(), stream);
  for (
    let from = 0, count = FIRST;
    from < tags.length;
    from += count, count = Math.min(count * 2, MOST)
  ) {
    const records = await mapConcurrently(tags.slice(from, from + count), CONCURRENCY, (tag) =>
      recordOf(repository, { tag, stream, onGone }),
    );
    for (const record of records) if (record?.stream === stream) yield record;
  }
}

/** The newest record of a stream that fits; undefined when none does. */
export async function newestRecord(
  repository: Reader,
  stream: string,
  fits: (record: RunRecord) => boolean,
): Promise<RunRecord | undefined> {
  for await (const record of recordsOf(repository, stream)) if (fits(record)) return record;
  return undefined;
}

/** The record of one run by its name; throws `not-found`, and `invalid-content` for no record. */
export async function requireRecord(repository: Reader, id: string): Promise<RunRecord> {
  const record = recordIn(await readArtifact(repository, runTag(id)));
  if (record) return record;
  throw new LockstepError('invalid-content', `${repository.name}:${runTag(id)} is no run record`);
}

/** Tells the records of a channel from those of others. */
export function isOn(channel: Channel): (record: RunRecord) => boolean {
  const branch = channel.name === 'branch' ? channel.branch : undefined;
  return (record) => record.branch === branch;
}

/** The record of a tag; undefined when there is none. */
export async function recordAt(repository: Reader, tag: string): Promise<RunRecord | undefined> {
  const artifact = await ifThere(readArtifact(repository, tag));
  return artifact && recordIn(artifact);
}

interface RecordPlace {
  tag: string;
  stream: string;
  onGone: (tag: string) => void;
}

/** The manifest says whose record it is: those of others are not read. */
async function recordOf(
  repository: Reader,
  { tag, stream, onGone }: RecordPlace,
): Promise<RunRecord | undefined> {
  const document = await ifThere(readManifest(repository, tag));
  if (!document) onGone(tag);
  const said = document && asImage(document).manifest.annotations?.[STREAM];
  if (!document || (said != null && said !== stream)) return undefined;
  const artifact = await ifThere(artifactIn(repository, document));
  return artifact && recordIn(artifact);
}

function recordIn({ layers }: Artifact): RunRecord | undefined {
  try {
    const text = Buffer.from(layers[0]?.bytes ?? []).toString('utf8');
    return RunRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
