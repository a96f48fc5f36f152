import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { run, runOk } from '../process.ts';
import { findProgram } from '../program.ts';

const SCRIPT = join(import.meta.dirname, '../../../scripts/peers.sh');

/** Kept between runs and worktrees; it may be deleted at any time. */
const FOLDER = join(homedir(), '.cache/lockstep-peers');

/**
 * A program by its name on PATH, or one that is always fetched because its version matters:
 * cosign 2 reads only `.sig` tags, cosign 3 bundles too, and only newer skopeos judge either.
 */
export type PeerName =
  | 'crane'
  | 'oras'
  | 'skopeo'
  | 'cosign-2'
  | 'cosign-3'
  | 'skopeo-sid'
  | 'just';

/** Another program, of which a test reads or writes the same, or that runs what is made for it. */
export interface Peer {
  /** Where it is. */
  program: string;
  /** Runs it, and gives what it prints. */
  run(...args: string[]): Promise<string>;
}

/** Finds a program, or fetches it once (scripts/peers.sh); a reason when it cannot be had. */
export async function findPeer(name: PeerName): Promise<Peer | { why: string }> {
  const program = findProgram(name, process.env) ?? (await fetched(name));
  if (!program) return { why: `${name} is not installed and cannot be fetched` };
  const works = await run(program, ['--help']);
  if (works.status !== 0)
    return { why: `${name} does not run here: ${works.stderr.slice(0, 200)}` };
  return { program, run: async (...args) => (await runOk(program, args)).stdout };
}

async function fetched(name: PeerName): Promise<string | undefined> {
  const path = join(FOLDER, 'bin', name);
  if (!existsSync(path)) {
    await run('sh', [SCRIPT, FOLDER, name], { timeout: 300_000 }).catch(() => undefined);
  }
  return existsSync(path) ? path : undefined;
}
