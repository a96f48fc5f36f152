import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { LockstepError } from '../../system/error.ts';
import { passes } from '../../system/finding.ts';
import { type Fault, mutated, type Random, randomNumbers } from '../../system/testing/fuzz.ts';
import { diffEntries } from '../diff.ts';
import { extractEntries } from '../extract.ts';
import { distinctBlocks } from '../manifest/blocks.ts';
import { entriesOf } from '../manifest/entries.ts';
import { readManifest } from '../manifest/read.ts';
import type { Manifest } from '../manifest/rows.ts';
import { flistFileSystem } from '../mount/filesystem.ts';
import { OPCODE } from '../mount/protocol.ts';
import { summaryOf } from '../summary.ts';
import { aFlist } from './flist.ts';
import { tryBlock } from './fuzz-block.ts';
import { mutateRows } from './fuzz-sql.ts';

/** Milliseconds that one input may take, and bytes by which the peak of memory may rise. */
const LIMITS = { time: 10_000, memory: 256 * 2 ** 20 };

const peak = () => process.resourceUsage().maxRSS * 1024;

/** Tries inputs; holds a folder until its scope ends. */
export interface FlistFuzzer extends AsyncDisposable {
  /** Makes one damaged manifest or block and reads it: there must be an answer or a LockstepError. */
  try(seed: number): Promise<Fault | undefined>;
}

export async function openFlistFuzzer(): Promise<FlistFuzzer> {
  const flist = await aFlist(fill);
  const folder = mkdtempSync(join(flist.work.path, 'fuzz-'));
  const sample = flist.manifest;
  const file = join(folder, 'damaged.fl');
  const damaged = (damage: (random: Random) => void): Target => {
    return (random) => {
      copyFileSync(sample, file);
      damage(random);
      return () => tryManifest(file, random);
    };
  };
  const damageBytes = (random: Random) => writeFileSync(file, mutated(readFileSync(file), random));
  const damageRows = (random: Random) => mutateRows(file, random);
  const tries: Record<string, Target> = {
    block: (random) => () => tryBlock(random),
    'manifest by bytes': damaged(damageBytes),
    'manifest by rows': damaged(damageRows),
    'manifest by both': damaged((random) => {
      damageRows(random);
      damageBytes(random);
    }),
  };
  const targets = Object.entries(tries);
  return {
    async try(seed) {
      const random = randomNumbers(seed);
      const [target = '', make] = targets[random(targets.length)] ?? [];
      const what = await faultOf(make?.(random));
      return what == null ? undefined : { target, seed, what };
    },
    [Symbol.asyncDispose]: () => flist[Symbol.asyncDispose](),
  };
}

/** Makes an input; what is returned reads it, and says what is wrong with the answer. */
type Target = (random: Random) => () => string | undefined | Promise<string | undefined>;

/** Only reading counts: an input may be large, and making it slow. */
async function faultOf(attempt: ReturnType<Target> | undefined): Promise<string | undefined> {
  const started = performance.now();
  const before = peak();
  try {
    const what = await attempt?.();
    if (what != null) return what;
  } catch (error) {
    if (!(error instanceof LockstepError)) return (error as Error).stack ?? String(error);
  }
  const took = performance.now() - started;
  if (took > LIMITS.time) return `it took ${took.toFixed(0)} ms`;
  const more = peak() - before;
  return more > LIMITS.memory
    ? `it took ${more} bytes of memory more than was ever used`
    : undefined;
}

/** A manifest must be refused with findings, or everything that is done with one must work. */
async function tryManifest(file: string, random: Random): Promise<string | undefined> {
  const { manifest, findings } = readManifest(file);
  const beside = readdirSync(join(file, '..')).filter((name) => name.startsWith('damaged.fl-'));
  if (beside.length > 0) return `there is ${beside.join()} beside`;
  if (!manifest && passes(findings)) return 'nothing was read, and nothing found';
  if (!manifest || !passes(findings)) return undefined;
  const entries = entriesOf(manifest);
  distinctBlocks(entries);
  summaryOf({ path: file, digest: `sha256:${'0'.repeat(64)}`, manifest, findings });
  const { added, removed, changed } = diffEntries(entries, entries);
  if (added.length + removed.length + changed.length > 0) return 'it differs from itself';
  if (entries.length !== manifest.inodes.length - 1) return 'entries got lost';
  askMount(manifest);
  return random(20) === 0 ? tryExtract(manifest, join(file, '..')) : undefined;
}

/** What the kernel would ask for to show everything. */
function askMount(manifest: Manifest): void {
  const ask = flistFileSystem(manifest);
  const body = Buffer.alloc(40);
  body.writeUInt32LE(65_536, 16);
  for (const { ino: node } of manifest.inodes) {
    for (const opcode of [
      OPCODE.getattr,
      OPCODE.readlink,
      OPCODE.readdir,
      OPCODE.readdirplus,
      OPCODE.read,
    ])
      ask({ opcode, unique: 1n, node, body });
  }
}

/** Nothing may be written beside the folder that things are extracted into. */
async function tryExtract(manifest: Manifest, folder: string): Promise<string | undefined> {
  const before = readdirSync(folder).join();
  const out = join(folder, 'out');
  const source = {
    read: async (_: unknown, size = 0) => ({
      content: Buffer.alloc(size),
      stored: Buffer.alloc(0),
    }),
  };
  try {
    await extractEntries(entriesOf(manifest), { folder: out, source }, {});
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
  return readdirSync(folder).join() === before ? undefined : 'something was written beside';
}

function fill(folder: string): void {
  mkdirSync(join(folder, 'folder/deep'), { recursive: true });
  writeFileSync(join(folder, 'folder/file'), Buffer.alloc(600_000, 5));
  writeFileSync(join(folder, 'folder/deep/small'), 'content');
  writeFileSync(join(folder, 'empty'), '');
  symlinkSync('folder/file', join(folder, 'link'));
  symlinkSync('../../etc', join(folder, 'folder/up'));
}
