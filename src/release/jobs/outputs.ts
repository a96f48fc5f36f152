import type { PlanDocument, PlannedBuild, PlannedImage } from './document.ts';

/** Jobs that a matrix may make (GitHub Actions, usage limits). */
const MOST = 256;

/** What a plan gives to later jobs: matrices as JSON, and whether they hold anything. */
export type JobOutputs = Record<'kmods' | 'images' | 'builds' | 'composes', string>;

/** The outputs of the job that plans; a matrix that is empty is an error in GitHub. */
export function outputsOf(plan: Pick<PlanDocument, 'kmods' | 'images'>): JobOutputs {
  const kmods = buildJobs(plan.kmods.include);
  const images = imageJobs(plan.images.include);
  return {
    kmods: JSON.stringify({ include: kmods }),
    images: JSON.stringify({ include: images }),
    builds: String(kmods.length > 0),
    composes: String(images.length > 0),
  };
}

/** One job for each build; of more than a matrix may hold those of a stream are one job, and of several streams. */
export function buildJobs(builds: readonly PlannedBuild[], most = MOST): PlannedBuild[] {
  if (builds.length <= most) return [...builds];
  const byStream = Map.groupBy(builds, ({ stream }) => stream);
  return inGroups([...byStream.values()], most).map((group) => {
    const all = group.flat();
    return {
      key: joined(all.map(({ key }) => key)),
      kernel: joined(all.map(({ kernel }) => kernel)),
      stream: joined(all.map(({ stream }) => stream)),
      modules: unique(all.flatMap(({ modules }) => modules)),
      for: unique(all.flatMap((build) => build.for)),
    };
  });
}

/** The same for images. */
export function imageJobs(images: readonly PlannedImage[], most = MOST): PlannedImage[] {
  if (images.length <= most) return [...images];
  return inGroups(images, most).map((group) => ({
    stream: joined(group.map(({ stream }) => stream)),
    kernels: unique(group.flatMap(({ kernels }) => kernels)),
    steps: unique(group.flatMap(({ steps }) => steps)),
    why: unique(group.map(({ why }) => why)).join('; '),
  }));
}

/** Parts of about the same size, in order. */
function inGroups<T>(items: readonly T[], most: number): T[][] {
  const size = Math.ceil(items.length / most);
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

function joined(names: readonly string[]): string {
  return unique(names).join(' ');
}

function unique<T>(items: readonly T[]): T[] {
  return [...new Set(items)];
}
