import { isDigest } from '../../system/digest.ts';
import type { RunRequest } from '../plan/plan.ts';
import type { PlanStep } from '../plan/step.ts';
import { short } from '../record/tags.ts';
import { isPromoted, type PlanDocument, type PlannedBuild } from './document.ts';

/** What one call does of a plan. */
export interface Choice {
  /** These streams alone (default: all). */
  streams?: readonly string[] | undefined;
  /** For these kernels alone (default: all). */
  kernels?: readonly string[] | undefined;
}

export interface RunChoice extends Choice {
  only?: PlanStep | undefined;
  /** False leaves building to other jobs. */
  build?: boolean;
  /** False leaves promoting to another job. */
  promote?: boolean;
}

/** One job of a plan: what it is called, and what is asked of a run of its stream. */
export interface Task {
  stream: string;
  job: string;
  request: RunRequest;
}

/** What `run --planned` does: builds alone, up to the candidate, or all of it. Pure. */
export function runTasks(plan: PlanDocument, choice: RunChoice): Task[] {
  const { only, build, promote, kernels } = choice;
  const { force } = plan.request;
  if (only === 'build') return plan.kmods.include.filter(isChosen(choice)).map(buildTask(plan));
  const job = promote === false ? 'image' : 'run';
  const streams = [...plan.kmods.include.flatMap((one) => one.for), ...imagesOf(plan)];
  return [...new Set(streams)].filter(isNamed(choice)).map((stream) => ({
    stream,
    job,
    request: {
      force,
      promote: promote !== false && plan.request.promote,
      ...(build === false && { build }),
      ...(only && { only }),
      ...(kernels && { kernels }),
    },
  }));
}

/** What `promote --planned` does: moves tags to what other jobs have made, and makes nothing. Pure. */
export function promoteTasks(plan: PlanDocument, choice: Choice): Task[] {
  const { force } = plan.request;
  const { kernels } = choice;
  const due = plan.images.include.filter(({ stream }) => isPromoted(plan, stream));
  const asked = due.filter(
    (one) => !kernels || one.kernels.some((kernel) => kernels.includes(kernel)),
  );
  return asked
    .map(({ stream }) => stream)
    .filter(isNamed(choice))
    .map((stream) => ({
      stream,
      job: 'promote',
      request: { only: 'promote', build: false, compose: false, force },
    }));
}

/** The name of the job that builds a kmods image. */
export function buildJob({ key }: Pick<PlannedBuild, 'key'>): string {
  return `build-${isDigest(key) ? short(key) : key}`;
}

function buildTask({ request: { force } }: PlanDocument): (build: PlannedBuild) => Task {
  return (build) => ({
    stream: build.stream,
    job: buildJob(build),
    request: { force, promote: false, only: 'build', kernels: [build.kernel] },
  });
}

function imagesOf({ images }: PlanDocument): string[] {
  return images.include.map(({ stream }) => stream);
}

function isNamed({ streams }: Choice): (stream: string) => boolean {
  return (stream) => streams == null || streams.includes(stream);
}

function isChosen(choice: Choice): (build: PlannedBuild) => boolean {
  const { kernels } = choice;
  return ({ stream, kernel }) =>
    isNamed(choice)(stream) && (kernels == null || kernels.includes(kernel));
}
