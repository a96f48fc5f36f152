import { z } from 'zod';
import { Name } from '../../config/words.ts';
import { type Channel, channelOf, channels } from '../channel/channel.ts';
import { DigestText } from '../inputs/packages.ts';
import { planSteps } from '../plan/step.ts';
import { FindingShape, RunRecord } from '../record/run-record.ts';

/** One kmods image that is to be built, for all streams that will hold it. */
const Build = z.object({
  /** Digest of all that its build depends on. */
  key: z.string(),
  kernel: z.string(),
  /** The stream that builds it, in whose repository it lies. */
  stream: z.string(),
  modules: z.array(z.string()),
  /** Every stream that will hold it. */
  for: z.array(z.string()),
});

/** One stream that is to be composed, proven or promoted. */
const Composed = z.object({
  stream: z.string(),
  kernels: z.array(z.string()),
  /** The steps that are to be done, in their order. */
  steps: z.array(z.enum(planSteps)),
  why: z.string(),
});

/** A stream that goes no further. */
const Stopped = z.object({
  stream: z.string(),
  /** The gate that said no, or the step that failed. */
  gate: z.string(),
  finding: FindingShape,
});

const Stream = z.object({
  name: Name,
  /** As far as the run was planned; its name is that of the record to come. */
  record: RunRecord,
  /** Digest of the file with what it uses; none where that could not be told. */
  inputs: DigestText.optional(),
  compat: z.array(FindingShape),
});

/** Version 1 of a plan that several machines carry out. */
export const PlanDocument = z.object({
  schema_version: z.literal(1),
  /** Name of the run; those of its streams begin with it. */
  run: z.string(),
  /** When upstream was looked at; ISO 8601. */
  created: z.string(),
  channel: z.object({ name: z.enum(channels), branch: z.string().optional() }),
  request: z.object({
    promote: z.boolean(),
    force: z.boolean(),
    /** Reference of another builder image than the configured one. */
    builder: z.string().optional(),
  }),
  kmods: z.object({ include: z.array(Build) }),
  images: z.object({ include: z.array(Composed) }),
  stopped: z.array(Stopped),
  idle: z.array(z.string()),
  streams: z.array(Stream),
});

export type PlanDocument = z.infer<typeof PlanDocument>;
export type PlannedBuild = z.infer<typeof Build>;
export type PlannedImage = z.infer<typeof Composed>;
export type StoppedStream = z.infer<typeof Stopped>;

/** The channel that a plan is for. */
export function plannedChannel({ channel: { name, branch } }: PlanDocument): Channel {
  return channelOf({ channel: name, ...(branch != null && { branch }) });
}

/** Whether a job of the plan is to promote a stream. */
export function isPromoted({ request, images }: PlanDocument, stream: string): boolean {
  const image = images.include.find((one) => one.stream === stream);
  return request.promote && image?.steps.includes('promote') === true;
}

/** A stream of a plan by its name; undefined when it is not in it. */
export function streamOf(
  { streams }: PlanDocument,
  name: string,
): PlanDocument['streams'][number] | undefined {
  return streams.find((stream) => stream.name === name);
}
