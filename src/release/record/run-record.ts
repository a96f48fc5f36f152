import { z } from 'zod';
import { ModuleSets } from '../../kmods/image/module-sets.ts';
import { writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { runTag } from './run-name.ts';

export const RUN_TYPE = 'application/vnd.lockstep.run.v1+json';

/** Annotation of what is kept for one stream: its name. */
export const STREAM = 'dev.lockstep.stream';

export const FindingShape = z.object({
  rule: z.string(),
  severity: z.enum(['error', 'warning', 'info']),
  message: z.string(),
  where: z
    .object({
      file: z.string(),
      line: z.number(),
      column: z.number(),
      key: z.string(),
      symbol: z.string(),
    })
    .partial()
    .optional(),
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
  /** What each job did, of a run that was spread over several. */
  jobs: z
    .array(
      z.object({
        /** `build-KEY7`, `image`, `promote`; `run` of one that did all. */
        job: z.string(),
        outcome: z.enum(['promoted', 'candidate', 'unchanged', 'failed']),
        started: z.string(),
        finished: z.string(),
        /** Of what the job has left of itself. */
        digest: z.string(),
      }),
    )
    .optional(),
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
      [STREAM]: record.stream,
      'dev.lockstep.outcome': record.outcome,
    },
    layers: [{ mediaType: RUN_TYPE, bytes: Buffer.from(JSON.stringify(record)) }],
  });
  await repository.tag(runTag(record.id), descriptor);
  return descriptor;
}
