import { openRegistry } from '../../oci/open/open.ts';
import { startDockerRegistry } from '../../oci/testing/docker-registry.ts';
import { startFaultProxy } from '../../oci/testing/fault-proxy.ts';
import { randomFaults } from '../../oci/testing/faults.ts';
import { validateRepository } from '../../oci/validate.ts';
import { seededRandom } from '../../system/testing/random.ts';
import { recoverPromotions } from '../promotion/apply.ts';
import { MOVING } from './jobs.ts';
import { problemWith, watch } from './watcher.ts';
import { WorkerProcess } from './workers.ts';

export interface StormOptions {
  promotions: number;
  seed: number;
  /** Share of exchanges that fail. */
  faultRate: number;
  /** Share of promotions that are killed. */
  killRate: number;
  /** Processes that promote at a time. */
  workers: number;
  onProgress?: (line: string) => void;
}

export interface StormReport {
  results: Record<string, number>;
  faults: number;
  looks: number;
  moves: number;
  problems: string[];
  /** What promotions failed with that nobody had killed and nobody had overtaken. */
  failures: string[];
}

/** Promotes through a failing network, with processes killed, while a watcher looks on. */
export async function promotionStorm(options: StormOptions): Promise<StormReport> {
  await using server = await startDockerRegistry();
  const choose = randomFaults(options.seed, options.faultRate);
  await using proxy = await startFaultProxy({ target: server.host, choose });
  const registry = openRegistry(server.host, { env: {}, cwd: '/' });
  const watcher = watch(registry);
  const results: Record<string, number> = {};
  const failures: string[] = [];
  const random = seededRandom(options.seed + 1);
  const jobs = Array.from({ length: options.promotions }, (_, index) => index).values();
  await Promise.all(
    Array.from({ length: options.workers }, async () => {
      const worker = new WorkerProcess();
      for (const index of jobs) {
        const id = `r${String(index).padStart(5, '0')}`;
        const killAfter = random() < options.killRate ? 100 + random() * 2500 : undefined;
        const outcome = await worker.run({ work: 'promote', location: proxy.host, id }, killAfter);
        const result = outcome?.result ?? 'killed';
        results[result] = (results[result] ?? 0) + 1;
        if (result === 'bug') watcher.problems.push(outcome?.message ?? '');
        if (outcome?.message && result !== 'conflict') failures.push(outcome.message);
        if (index % 25 === 24) options.onProgress?.(`${index + 1}: ${JSON.stringify(results)}`);
      }
      worker.stop();
    }),
  );
  proxy.choose = () => undefined;
  await recoverPromotions(['image', 'kmods'], {
    registry,
    now: () => new Date(),
    mayPromote: async () => [],
  });
  await watcher.stop();
  const faults = proxy.log.filter(({ fault }) => fault != null).length;
  const { looks, moves } = watcher;
  const problems = [...watcher.problems, ...(await problemsAtEnd(registry))];
  return { results, faults, looks, moves, problems, failures };
}

/** When all is quiet every moving tag is whole, audited, and of the same promotion. */
async function problemsAtEnd(registry: ReturnType<typeof openRegistry>): Promise<string[]> {
  const problems: string[] = [];
  const promotions = new Set<string>();
  for (const { repository: name, tag } of MOVING) {
    const repository = registry.repository(name);
    const digest = (await repository.resolve(tag))?.digest;
    const problem = digest ? await problemWith(registry, name, digest) : 'is not there';
    if (problem) problems.push(`at the end: ${name}:${tag}: ${problem}`);
    for (const audit of await repository.tags()) {
      const same =
        audit.startsWith('stable-') && (await repository.resolve(audit))?.digest === digest;
      if (same) promotions.add(audit.split('-')[1] ?? '');
    }
  }
  if (promotions.size !== 1) problems.push(`at the end tags are of ${[...promotions].join(', ')}`);
  for (const name of ['image', 'kmods']) {
    const repository = registry.repository(name);
    const left = (await repository.tags()).filter((tag) => tag.startsWith('intent-'));
    if (left.length > 0) problems.push(`at the end: ${left.join(', ')} in ${name}`);
    const findings = await validateRepository(repository, { content: false });
    problems.push(...findings.map(({ message }) => message));
  }
  return problems;
}
