import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { putImage } from '../../oci/testing/image.ts';
import { validateRepository } from '../../oci/validate.ts';
import type { Digest } from '../../system/digest.ts';
import { type Job, MOVING, type Outcome } from './jobs.ts';
import { problemWith, watch } from './watcher.ts';
import { WorkerProcess } from './workers.ts';

export interface RaceOptions {
  /** `oci:DIR` or `HOST`. */
  location: string;
  races: number;
  onProgress?: (line: string) => void;
}

export interface RaceReport {
  results: Record<string, number>;
  problems: string[];
}

/** Who runs against whom, in turns. */
const FIELDS: readonly ('promote' | 'clean')[][] = [
  ['promote', 'promote'],
  ['clean', 'clean'],
  ['promote', 'clean'],
  ['promote', 'promote', 'clean', 'clean'],
];

/** Races in the same repositories: nothing is ever taken away, and each look has to see it all. */
const SEASON = 25;

/** Lets processes promote and clean at the same moment, over and over, and looks for losses. */
export async function raceMany(options: RaceOptions): Promise<RaceReport> {
  const workers = [0, 1, 2, 3].map(() => new WorkerProcess());
  const report: RaceReport = { results: {}, problems: [] };
  for (let first = 0; first < options.races; first += SEASON) {
    const races = Math.min(SEASON, options.races - first);
    const location = `${options.location}/season-${first / SEASON}`;
    await raceSeason({ location, races }, workers, report);
    options.onProgress?.(`${first + races}: ${JSON.stringify(report.results)}`);
  }
  for (const worker of workers) worker.stop();
  return report;
}

async function raceSeason(
  { location, races }: RaceOptions,
  workers: readonly WorkerProcess[],
  { results, problems }: RaceReport,
): Promise<void> {
  const registry = openRegistry(location, { env: {}, cwd: '/' });
  await putImage(registry.repository('image'), { seed: 'foreign', tag: 'v1.0' });
  const watcher = watch(registry);
  const audits = new Map<string, Digest>();
  for (let race = 0; race < races; race += 1) {
    const field = FIELDS[race % FIELDS.length] ?? [];
    const jobs = await Promise.all(
      field.map((work, lane) => jobOf(registry, work, { location, id: `n${race}x${lane}` })),
    );
    const outcomes = await Promise.all(jobs.map(async (job, lane) => workers[lane]?.run(job)));
    for (const [lane, outcome] of outcomes.entries()) {
      const key = `${field[lane]} ${outcome?.result}`;
      results[key] = (results[key] ?? 0) + 1;
      if (outcome?.result === 'bug') problems.push(outcome.message);
      noteAudit(audits, jobs[lane], outcome);
    }
    problems.push(...(await lossesIn(registry, audits)));
  }
  await watcher.stop();
  problems.push(...watcher.problems);
}

/** A candidate that a cleaner would take, as it is old, unless somebody promotes it. */
async function jobOf(
  registry: Registry,
  work: 'promote' | 'clean',
  { location, id }: { location: string; id: string },
): Promise<Job> {
  if (work === 'clean') return { work, location };
  const annotations = { 'org.opencontainers.image.created': '2020-01-01T00:00:00Z', id };
  const put = (name: string, tag: string) =>
    putImage(registry.repository(name), { seed: `${name} ${id}`, annotations, tag });
  const image = await put('image', `candidate-0000000-${id}`);
  const kmods = await put('kmods', `zfs-${id}_kernel-1`);
  return { work, location, id, image: image.digest, kmods: kmods.digest };
}

function noteAudit(audits: Map<string, Digest>, job: Job | undefined, outcome?: Outcome): void {
  if (job?.work !== 'promote' || outcome?.result !== 'done' || !job.image) return;
  audits.set(`stable-${job.id}-${job.image.slice(7, 14)}`, job.image);
}

/** Everything that must be there after a race and is not. */
async function lossesIn(
  registry: Registry,
  audits: ReadonlyMap<string, Digest>,
): Promise<string[]> {
  const losses: string[] = [];
  const image = registry.repository('image');
  const tags = new Set(await image.tags());
  if (!tags.has('v1.0')) losses.push('a foreign tag is lost');
  for (const [tag, digest] of audits) {
    if ((await image.resolve(tag))?.digest !== digest) losses.push(`audit tag ${tag} is lost`);
  }
  for (const { repository, tag } of MOVING) {
    const digest = (await registry.repository(repository).resolve(tag))?.digest;
    const problem = digest && (await problemWith(registry, repository, digest));
    if (problem) losses.push(`${repository}:${tag}: ${problem}`);
  }
  for (const name of ['image', 'kmods']) {
    const findings = await validateRepository(registry.repository(name), { content: false });
    losses.push(...findings.map(({ message }) => message));
  }
  return losses;
}
