import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { digestOfJson } from '../../../system/digest.ts';
import { acquireLock } from '../../../system/lock.ts';
import { runOk } from '../../../system/process.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { openArchive } from '../apt/archive.ts';
import { fetchPackages } from '../apt/fetch.ts';
import { resolvePackages } from '../apt/resolve.ts';
import { makeRoot, WITHOUT_DOCUMENTATION } from '../root/root.ts';

interface KeptRoot {
  suite: string;
  packages: readonly string[];
}

/** Kept between runs: what is in it does not matter, only that it is real. */
const CACHE = join(tmpdir(), `lockstep-tests-${userInfo().username}`);
const HOUR = 3_600_000;

/** A folder with a real Debian of the archive that this machine's apt knows; made once, by root. */
export async function keptRoot(wanted: KeptRoot): Promise<string> {
  const path = join(CACHE, `${wanted.suite}-${digestOfJson(wanted).slice(7, 19)}`);
  await mkdir(CACHE, { recursive: true });
  await using _lock = await acquireLock(`${path}.lock`, { wait: HOUR });
  const there = await stat(path).catch(() => undefined);
  if (!there) await make(path, wanted);
  return path;
}

async function make(path: string, { suite, packages }: KeptRoot): Promise<void> {
  const { env } = process;
  await using work = await temporaryFolder(CACHE);
  const at = (name: string) => join(work.path, name);
  const archive = await openArchive(
    { suites: [suite], components: ['main'] },
    { folder: at('apt'), env },
  );
  const set = await resolvePackages(archive, { packages });
  await fetchPackages(archive, set, { pool: at('pool') });
  const tar = await makeRoot(set, {
    pool: at('pool'),
    output: at('root.tar'),
    work: at('work'),
    sourceDateEpoch: 0,
    env,
    uid: process.getuid?.() ?? 0,
    exclude: WITHOUT_DOCUMENTATION,
  });
  const partial = `${path}.partial`;
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial);
  await runOk('tar', ['--numeric-owner', '-xpf', tar.path, '-C', partial]);
  await rename(partial, path);
}
