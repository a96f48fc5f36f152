import { z } from 'zod';
import type { Stream } from '../../config/schema.ts';
import { ModuleSets } from '../../kmods/image/module-sets.ts';
import { type Artifact, readArtifact, writeArtifact } from '../../oci/artifact.ts';
import { ifThere } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { LockstepError } from '../../system/error.ts';
import type { Channel } from '../channel/channel.ts';

export const RUN_TYPE = 'application/vnd.lockstep.run.v1+json';

/** Tags of run records; they sort by time. */
const RUN_TAG = /^run-\d{8}t\d{6}z-[0-9a-f]+$/;

/** The name of a run in the text of a tag (`run-…`) or by itself; undefined for anything else. */
export function runNamed(text: string): string | undefined {
  const id = text.replace(/^run-/, '');
  return RUN_TAG.test(`run-${id}`) ? id : undefined;
}

const FindingShape = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  where: z.object({ file: z.string(), line: z.number(), symbol: z.string() }).partial().optional(),
  expected: z.string().optional(),
  found: z.string().optional(),
  hint: z.string().optional(),
});

const ArtifactShape = z.object({ tag: z.string(), digest: z.string() });

/** Kinds of mends grow; a record is read whatever they are. */
const MendShape = z.object({
  package: z.string(),
  mend: z.string(),
  was: z.string(),
  is: z.string(),
});

/** Version 1 of the record of a run. */
export const RunRecord = z.object({
  schema_version: z.literal(1),
  id: z.string(),
  stream: z.string(),
  /** Name of the branch, of runs on that channel. */
  branch: z.string().optional(),
  /** True of a run that used saved inputs: it followed nothing. */
  replay: z.boolean().optional(),
  started: z.string(),
  finished: z.string(),
  /** `promoted`, `candidate` (stopped there as asked), `unchanged`, or `failed`. */
  outcome: z.enum(['promoted', 'candidate', 'unchanged', 'failed']),
  /** What was followed, as far as it was resolved. */
  upstream: z
    .object({
      kernel: z.string(),
      osVersion: z.string(),
      base: z.string(),
      modules: z.record(z.string(), z.string()),
    })
    .optional(),
  /** What was odd about what was followed, though the run went on. */
  findings: z.array(FindingShape).optional(),
  inputs: z.string().optional(),
  /**
   * Of each kernel, oldest first, with the modules of each source and what had to be put right in
   * packages of others.
   */
  kmods: z
    .array(
      ArtifactShape.extend({
        kernel: z.string(),
        modules: ModuleSets.optional(),
        mends: z.array(MendShape).optional(),
      }),
    )
    .optional(),
  candidate: ArtifactShape.optional(),
  promotion: z
    .object({ audit: z.string().optional(), moved: z.record(z.string(), z.string()) })
    .optional(),
  steps: z.array(
    z.object({
      step: z.string(),
      state: z.enum(['done', 'reused', 'skipped', 'failed']),
      message: z.string(),
      seconds: z.number(),
    }),
  ),
  failure: z
    .object({
      step: z.string(),
      code: z.string(),
      message: z.string(),
      hint: z.string().optional(),
      findings: z.array(FindingShape),
    })
    .optional(),
});

/** What one run resolved, decided, built, proved and moved. */
export type RunRecord = z.infer<typeof RunRecord>;

/** A new run's name: `20261120t073000z-1a2b`; names sort by time. */
export function runId(now: Date, random: string): string {
  const time = now
    .toISOString()
    .replace(/[-:]|\.\d+/g, '')
    .toLowerCase();
  return `${time}-${random}`;
}

/** Stores a record under its own tag, attached to the candidate when there is one. */
export async function storeRecord(
  repository: Repository,
  record: RunRecord,
  candidate?: Descriptor,
): Promise<Descriptor> {
  const descriptor = await writeArtifact(repository, {
    artifactType: RUN_TYPE,
    subject: candidate,
    annotations: {
      'org.opencontainers.image.created': record.finished,
      'dev.lockstep.stream': record.stream,
      'dev.lockstep.outcome': record.outcome,
    },
    layers: [{ mediaType: RUN_TYPE, bytes: Buffer.from(JSON.stringify(record)) }],
  });
  await repository.tag(`run-${record.id}`, descriptor);
  return descriptor;
}

/**
 * The newest records of a repository, newest first; what cannot be read is left out. `onGone` is
 * told of tags that point to nothing, which some registries keep.
 */
export async function readRecords(
  repository: Reader,
  most: number,
  onGone: (tag: string) => void = () => {},
): Promise<RunRecord[]> {
  const tags = (await repository.tags()).filter((tag) => RUN_TAG.test(tag));
  const newest = tags.sort().reverse().slice(0, most);
  const records = await mapConcurrently(newest, 8, async (tag) => {
    const artifact = await ifThere(readArtifact(repository, tag));
    if (!artifact) onGone(tag);
    return artifact && recordIn(artifact);
  });
  return records.filter((record) => record != null);
}

/** The record of one run by its name; throws `not-found`, and `invalid-content` for no record. */
export async function requireRecord(repository: Reader, id: string): Promise<RunRecord> {
  const record = recordIn(await readArtifact(repository, `run-${id}`));
  if (record) return record;
  throw new LockstepError('invalid-content', `${repository.name}:run-${id} is no run record`);
}

/** The newest record that fits, read one by one; undefined when none does. */
export async function newestRecord(
  repository: Reader,
  fits: (record: RunRecord) => boolean,
): Promise<RunRecord | undefined> {
  const tags = (await repository.tags()).filter((tag) => RUN_TAG.test(tag));
  for (const tag of tags.sort().reverse()) {
    const artifact = await ifThere(readArtifact(repository, tag));
    const record = artifact && recordIn(artifact);
    if (record && fits(record)) return record;
  }
  return undefined;
}

function recordIn({ layers }: Artifact): RunRecord | undefined {
  try {
    const text = Buffer.from(layers[0]?.bytes ?? []).toString('utf8');
    return RunRecord.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** Tells the records of a stream on a channel from those of others. */
export function recordsOf(
  { name }: Pick<Stream, 'name'>,
  channel: Channel,
): (record: RunRecord) => boolean {
  const branch = channel.name === 'branch' ? channel.branch : undefined;
  return (record) => record.stream === name && record.branch === branch;
}
