import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FaultProxy, startFaultProxy } from '../../oci/testing/fault-proxy.ts';
import { randomFaults, storeFaults } from '../../oci/testing/faults.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { seededRandom } from '../../system/testing/random.ts';
import { entriesOf } from '../manifest/entries.ts';
import { packFolder } from '../pack/pack.ts';
import { parseRoute } from '../store/route.ts';
import { startBucket } from './bucket.ts';
import { connection } from './flist.ts';
import type { ReadReport } from './mount-reader.ts';
import { type Reader, readAll, startReaders } from './mount-readers.ts';
import { TestMount } from './mounted.ts';
import { type Rot, rot } from './rot.ts';

export interface MountStormOptions {
  mounts: number;
  seed: number;
  /** Share of the mounts that are killed. */
  killRate: number;
  /** Threads that read at a time, and what each reads in every mount. */
  readers: number;
  reads: number;
  onProgress?: (line: string) => void;
}

export interface MountStormReport {
  right: number;
  /** Codes of what readers were refused with, with how often each came. */
  errors: Record<string, number>;
  killed: number;
  faults: number;
  /** Blocks that were damaged in the cache. */
  damaged: number;
  /** What was read and is not what was packed, and errors that may not be. */
  problems: string[];
}

/** Shares of exchanges with the store that fail: from a sound network to next to none. */
const RATES = [0, 0.05, 0.3, 0.95];
/** What readers are told when the server of their mount was killed. */
const GONE: ReadonlySet<string> = new Set(['ENOTCONN', 'ECONNABORTED']);

/**
 * Mounts the same flist again and again over one cache that rots, behind a failing network, with
 * servers killed by SIGKILL, and compares what readers get with what was packed. In the end, when
 * all is quiet, everything must be readable.
 */
export async function mountStorm(options: MountStormOptions): Promise<MountStormReport> {
  await using work = await temporaryFolder();
  await using bucket = await startBucket();
  await using proxy = await startFaultProxy({ target: bucket.host });
  const report = { right: 0, errors: {}, killed: 0, faults: 0, damaged: 0, problems: [] };
  const folder = join(work.path, 'tree');
  fillFolder(folder);
  const manifest = join(work.path, 'tree.fl');
  const stores = [parseRoute(bucket.write())];
  const routes = [parseRoute(bucket.read(proxy.host))];
  const packed = await packFolder({ folder, manifest, stores }, { ...connection, routes });
  const paths = entriesOf(packed.manifest).flatMap(({ path, type }) =>
    type === 'file' ? [path] : [],
  );
  await using threads = startReaders(options.readers);
  const { readers } = threads;
  const storm = { work: work.path, folder, manifest, paths, proxy, readers, options, report };
  for (let at = 0; at < options.mounts; at++) {
    await oneMount(storm, at);
    if (at % 10 === 9) options.onProgress?.(`${at + 1}: ${JSON.stringify(report)}`);
  }
  proxy.choose = () => undefined;
  await readInPeace(storm);
  report.faults = proxy.log.filter(({ fault }) => fault != null).length;
  return report;
}

interface Storm {
  work: string;
  folder: string;
  manifest: string;
  paths: readonly string[];
  proxy: FaultProxy;
  readers: readonly Reader[];
  options: MountStormOptions;
  report: MountStormReport;
}

async function oneMount(storm: Storm, at: number): Promise<void> {
  const { work, manifest, proxy, options, report } = storm;
  const random = seededRandom(options.seed * 1000 + at);
  // A cache that holds everything, or about half of it.
  const limit = random() < 0.5 ? '64' : '4';
  const killed = random() < options.killRate;
  const rate = RATES[Math.floor(random() * RATES.length)] ?? 0;
  proxy.choose = randomFaults(at, rate, storeFaults);
  const mount = await new TestMount(manifest, work, '--cache-limit', limit).ready();
  const damage: Rot = rot(mount.cache, random);
  // Next to no network: each read waits for all its repetitions.
  const reads = Math.ceil(options.reads / (rate > 0.5 ? 10 : 1));
  const { folder, paths, readers } = storm;
  const task = { target: mount.target, folder, paths, reads };
  const reading = readAll(readers, { ...task, seed: (options.seed + at) * 100 });
  if (killed) await reading.after(Math.floor(random() * reads * options.readers));
  if (killed) await mount.end('SIGKILL');
  const reports = await reading.reports;
  await damage.stop();
  await mount.end('SIGTERM');
  report.damaged += damage.damaged;
  if (killed) report.killed++;
  for (const one of reports) add(report, one, { at, killed });
}

function add(
  report: MountStormReport,
  { right, errors, wrong }: ReadReport,
  { at, killed }: { at: number; killed: boolean },
): void {
  report.right += right;
  report.problems.push(...wrong.map((what) => `mount ${at}: ${what} is not what was packed`));
  for (const [code, times] of Object.entries(errors)) {
    report.errors[code] = (report.errors[code] ?? 0) + times;
    const isFair = code === 'EIO' || (killed && GONE.has(code));
    if (!isFair) report.problems.push(`mount ${at}: ${times} reads failed with ${code}`);
  }
}

/** Whatever the storm has left behind, a sound network mends. */
async function readInPeace(storm: Storm): Promise<void> {
  const { manifest, work, folder, paths, readers, report } = storm;
  await using mount = await new TestMount(manifest, work).ready();
  const task = { target: mount.target, folder, paths, reads: 100, seed: 1 };
  for (const { errors, wrong } of await readAll(readers, task).reports) {
    report.problems.push(...wrong.map((what) => `at the end: ${what} is not what was packed`));
    for (const code of Object.keys(errors)) report.problems.push(`at the end: ${code}`);
  }
}

/** Small files, and some of several blocks; none like another. */
function fillFolder(folder: string): void {
  mkdirSync(join(folder, 'small'), { recursive: true });
  const random = seededRandom(1);
  const bytes = (length: number) => Buffer.alloc(length).map(() => random() * 256);
  for (let at = 0; at < 60; at++)
    writeFileSync(join(folder, `small/file-${at}`), bytes(1 + at * 300));
  for (let at = 0; at < 6; at++) writeFileSync(join(folder, `large-${at}`), bytes(1_400_000));
}
