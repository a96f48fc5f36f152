import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openNamedObjects } from '../../flist/store/objects.ts';
import type { TestBucket } from '../../flist/testing/bucket.ts';
import { connection } from '../../flist/testing/flist.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { startDockerRegistry } from '../../oci/testing/docker-registry.ts';
import { startFaultProxy } from '../../oci/testing/fault-proxy.ts';
import { randomFaults, storeFaults } from '../../oci/testing/faults.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { seededRandom } from '../../system/testing/random.ts';
import { readFlist } from '../flists/artifact.ts';
import { isHandedOut } from '../flists/followed.ts';
import { readIntents } from '../promotion/intent.ts';
import { fillModules } from './flist-folder.ts';
import { FLISTS, type FlistJob, publishOnce } from './flist-job.ts';
import { LATEST, watchFlists } from './flist-watcher.ts';
import { WorkerProcess } from './workers.ts';

export interface FlistStormOptions {
  /** Packs and publications. */
  jobs: number;
  seed: number;
  /** Share of exchanges with the store and the registry that fail. */
  faultRate: number;
  /** Share of jobs that are killed, each after up to `longest` milliseconds. */
  killRate: number;
  longest: number;
  /** Processes that work at a time. */
  workers: number;
  /** The store. */
  bucket: TestBucket;
  onProgress?: (line: string) => void;
}

export interface FlistStormReport {
  results: Record<string, number>;
  faults: number;
  looks: number;
  verified: number;
  problems: string[];
  /** What jobs failed with that nobody killed. */
  failures: string[];
}

/** Packs and publishes through a failing network, with processes killed, while a watcher verifies. */
export async function flistStorm(options: FlistStormOptions): Promise<FlistStormReport> {
  const { seed, faultRate, bucket } = options;
  await using work = await temporaryFolder();
  await using server = await startDockerRegistry();
  await using images = await startFaultProxy({
    target: server.host,
    choose: randomFaults(seed, faultRate),
  });
  await using objects = await startFaultProxy({
    target: bucket.host,
    choose: randomFaults(seed + 1, faultRate, storeFaults),
  });
  const registry = openRegistry(server.host, { env: {}, cwd: '/' });
  const folders = ['packs', 'published'].map((name) => join(work.path, name));
  for (const folder of folders) mkdirSync(folder);
  const scratch = join(work.path, 'watched');
  const watcher = watchFlists({ registry, folders, store: bucket.write(), scratch });
  const ends = {
    store: bucket.write(objects.host),
    route: bucket.read(objects.host),
    location: images.host,
  };
  const { results, failures } = await workAll(options, { work: work.path, ends });
  objects.choose = () => undefined;
  images.choose = () => undefined;
  const last = aJob('publish', options.jobs, { work: work.path, ends, worker: 0 });
  fillModules(last.folder, options.jobs);
  await publishOnce(registry, last);
  await watcher.stop();
  const exchanges = [...images.log, ...objects.log];
  const problems = [...watcher.problems, ...(await problemsAtEnd(registry, bucket.write(), last))];
  const faults = exchanges.filter(({ fault }) => fault != null).length;
  const { looks, verified } = watcher;
  return { results, failures, faults, looks, verified, problems };
}

interface Around {
  work: string;
  ends: Pick<FlistJob, 'store' | 'route' | 'location'>;
}

async function workAll(
  options: FlistStormOptions,
  around: Around,
): Promise<Pick<FlistStormReport, 'results' | 'failures'>> {
  const { jobs, seed, killRate, longest, workers, onProgress } = options;
  const results: Record<string, number> = {};
  const failures: string[] = [];
  const random = seededRandom(seed + 2);
  const numbers = Array.from({ length: jobs }, (_, at) => at).values();
  const run = async (_: unknown, worker: number) => {
    const process = new WorkerProcess();
    for (const at of numbers) {
      const job = aJob(random() < 0.5 ? 'pack' : 'publish', at, { ...around, worker });
      fillModules(job.folder, at);
      // A process that was started just now loads what it needs first, which no kill is spent on.
      await process.run({ work: 'wake' });
      const outcome = await process.run(job, random() < killRate ? random() * longest : undefined);
      const result = `${job.work} ${outcome?.result ?? 'killed'}`;
      results[result] = (results[result] ?? 0) + 1;
      if (outcome?.message) failures.push(`${result}: ${outcome.message}`);
      if (at % 20 === 19) onProgress?.(`${at + 1}: ${JSON.stringify(results)}`);
    }
    process.stop();
  };
  await Promise.all(Array.from({ length: workers }, run));
  return { results, failures };
}

/** Of one worker some folders are packed into the same manifest again and again. */
function aJob(
  work: FlistJob['work'],
  at: number,
  { work: root, ends, worker }: Around & { worker: number },
): FlistJob {
  const slot = `${worker}-${at % 3}`;
  const id = `r${String(at).padStart(5, '0')}`;
  const output = work === 'pack' ? join(root, 'packs', `${slot}.fl`) : join(root, 'published', id);
  return { work, id, folder: join(root, 'trees', slot), output, ...ends };
}

/** When all is quiet machines get what was published last, in the store as in the registry. */
async function problemsAtEnd(
  registry: Registry,
  store: string,
  { id }: FlistJob,
): Promise<string[]> {
  const repository = registry.repository(FLISTS.repository);
  const problems: string[] = [];
  const tags = await repository.tags();
  for (const latest of LATEST) {
    const { bytes, descriptor } = await readFlist(repository, latest);
    const fetched = await openNamedObjects(store, connection).get(
      `${FLISTS.manifests}/${latest}.fl`,
    );
    if (!fetched || !Buffer.from(fetched).equals(Buffer.from(bytes)))
      problems.push(`at the end: ${latest}.fl in the store is not what the tag says`);
    const audit = tags.find(
      (tag) => tag.includes(id) && tag.endsWith(descriptor.digest.slice(7, 14)),
    );
    if (audit == null) problems.push(`at the end: ${latest} is not of the last publication`);
  }
  // A registry may list the tag of a deletion that its asker did not live to see the end of.
  const left = await readIntents(repository);
  problems.push(...left.map(({ intent }) => `at the end: the intent ${intent.id}`));
  const places = { stores: [], routes: [], manifests: { store, folder: FLISTS.manifests } };
  if (!(await isHandedOut(repository, { ...connection, places })))
    problems.push('at the end: the checksums in the store are not those of the tags');
  return problems;
}
