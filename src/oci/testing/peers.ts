import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run, runOk } from '../../system/process.ts';
import { findProgram } from '../../system/program.ts';

const ROOT = join(import.meta.dirname, '../../..');
const FOLDER = join(ROOT, '.lockstep/peers');

export type PeerName = 'crane' | 'oras' | 'skopeo';

/** Another client of registries, of which a test reads or writes the same. */
export interface Peer {
  /** Where it is. */
  program: string;
  /** Runs it, and gives what it prints. */
  run(...args: string[]): Promise<string>;
}

/** Finds a client, or fetches it once (scripts/peers.sh); a reason when it cannot be had. */
export async function findPeer(name: PeerName): Promise<Peer | { why: string }> {
  const program = findProgram(name, process.env) ?? (await fetched(name));
  if (!program) return { why: `${name} is not installed and cannot be fetched` };
  const works = await run(program, ['--help']);
  if (works.status !== 0)
    return { why: `${name} does not run here: ${works.stderr.slice(0, 200)}` };
  return { program, run: async (...args) => (await runOk(program, args)).stdout };
}

async function fetched(name: PeerName): Promise<string | undefined> {
  const path = join(FOLDER, 'root/usr/bin', name);
  if (!existsSync(path)) {
    const script = join(ROOT, 'scripts/peers.sh');
    await run('sh', [script, FOLDER], { timeout: 180_000 }).catch(() => undefined);
  }
  return existsSync(path) ? path : undefined;
}
