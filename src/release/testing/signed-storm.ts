import { generateKeyPairSync } from 'node:crypto';
import { openRegistry } from '../../oci/open/open.ts';
import { startDockerRegistry } from '../../oci/testing/docker-registry.ts';
import { seededRandom } from '../../system/testing/random.ts';
import { readHistory } from '../history/history.ts';
import { recoverPromotions } from '../promotion/apply.ts';
import { watchAsHosts } from './host-watcher.ts';
import { signedStream, trustBy } from './signed-promotion.ts';
import { WorkerProcess } from './workers.ts';

export interface SignedStormOptions {
  promotions: number;
  seed: number;
  /** Share of promotions that are killed, each after up to `longest` milliseconds. */
  killRate: number;
  longest: number;
  /** Every so many promotions an image is tried whose hosts would refuse it. */
  refused: number;
  onProgress?: (line: string) => void;
}

export interface SignedStormReport {
  results: Record<string, number>;
  looks: number;
  moves: number;
  /** What hosts refused that a tag pointed to. */
  refusals: string[];
  /** What does not fit in the history, when all is quiet. */
  findings: string[];
}

/** Promotes with signatures, with processes killed by SIGKILL, while hosts look on. */
export async function signedStorm(options: SignedStormOptions): Promise<SignedStormReport> {
  await using server = await startDockerRegistry();
  const location = server.host;
  const registry = openRegistry(location, { env: {}, cwd: '/' });
  const [own, other] = [aKeyPair(), aKeyPair()];
  const trust = trustBy(own.key);
  const watcher = watchAsHosts(registry, location, trust.signer.publicKey);
  const results: Record<string, number> = {};
  const random = seededRandom(options.seed);
  const worker = new WorkerProcess();
  for (let at = 0; at < options.promotions; at += 1) {
    const killAfter = random() < options.killRate ? random() * options.longest : undefined;
    const { known } = at % options.refused === options.refused - 1 ? other : own;
    const id = `r${String(at).padStart(5, '0')}`;
    // A process that was started just now loads what it needs first, which no kill is spent on.
    await worker.run({ work: 'wake' });
    const job = { work: 'sign', location, id, key: own.key, known } as const;
    const outcome = await worker.run(job, killAfter);
    const result = outcome?.result ?? 'killed';
    results[result] = (results[result] ?? 0) + 1;
    if (at % 20 === 19) options.onProgress?.(`${at + 1}: ${JSON.stringify(results)}`);
  }
  worker.stop();
  const now = () => new Date();
  const recovery = { registry, seals: trust.records, mayPromote: async () => [], now };
  await recoverPromotions(['image', 'kmods'], recovery);
  await watcher.stop();
  const { looks, moves, refusals } = watcher;
  const history = await readHistory(signedStream(location), { registry, seals: trust.records });
  const findings = history.flatMap((one) => one.findings.map(({ message }) => message));
  return { results, looks, moves, refusals, findings };
}

function aKeyPair(): { key: string; known: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    known: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}
