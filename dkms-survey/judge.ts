import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { openDirectoryTree } from '../src/file/directory-tree.ts';
import { verifyFiles } from '../src/gate/abi/verify-files.ts';
import { runOk } from '../src/system/process.ts';
import { loadAll } from '../truth/guest/load.ts';
import type { Answer, Task } from '../truth/guest/task.ts';
import type { Kernel } from '../truth/kernels/kernel.ts';

/** What came of the modules of a package. */
export interface Judgement {
  /** What the gate `abi` refuses, by module. */
  refused: Record<string, string[]>;
  /**
   * What the kernel did with each: `loaded`, `no device` (its own, or that of one that it needs),
   * or what speaks against it.
   */
  loaded: Record<string, string>;
}

/** Grows when the same modules would be judged otherwise. */
export const JUDGE_VERSION = 1;

/** Lays modules into a copy of the kernel's tree, indexes it, asks the gate, then the kernel. */
export async function judge(
  kernel: Kernel,
  modules: ReadonlyMap<string, Buffer>,
  options: { folder: string; env: NodeJS.ProcessEnv },
): Promise<Judgement> {
  const root = join(options.folder, 'tree');
  await rm(root, { recursive: true, force: true });
  await mkdir(options.folder, { recursive: true });
  try {
    await runOk('cp', ['-al', kernel.root, root]);
    const folder = join(root, 'usr/lib/modules', kernel.release);
    await install(root, { folder, modules, release: kernel.release });
    const tree = openDirectoryTree(root);
    const inputs = [...modules].map(([name, content]) => ({ file: `${name}.ko`, content }));
    const place = `usr/lib/modules/${kernel.release}`;
    const report = await verifyFiles(tree, place, { modules: inputs }, { threads: 1 });
    const needs = await needsOf(folder, modules);
    const tasks = await tasksOf(folder, modules, needs);
    const answers = await loadAll(kernel, tasks, { env: options.env });
    return { refused: refusedIn(report.modules), loaded: loadedIn(answers, needs) };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function install(
  root: string,
  tree: { folder: string; modules: ReadonlyMap<string, Buffer>; release: string },
): Promise<void> {
  const updates = join(tree.folder, 'updates/dkms');
  await mkdir(updates, { recursive: true });
  for (const [name, content] of tree.modules) await writeFile(join(updates, `${name}.ko`), content);
  // depmod replaces its files, and leaves those of the kernel that they are links of alone.
  await runOk('depmod', ['-b', join(root, 'usr'), tree.release]);
}

/** Files that each module needs by modules.dep, the last of which is needed first. */
async function needsOf(
  folder: string,
  modules: ReadonlyMap<string, Buffer>,
): Promise<Map<string, string[]>> {
  const lines = (await readFile(join(folder, 'modules.dep'), 'utf8')).split('\n');
  const needs = new Map(lines.map((line) => [line.split(':')[0] ?? '', line.split(':')[1] ?? '']));
  const filesOf = (name: string) => (needs.get(`updates/dkms/${name}.ko`) ?? '').trim().split(' ');
  return new Map([...modules.keys()].map((name) => [name, filesOf(name).filter(Boolean)]));
}

/**
 * Each module after those that it needs. What libcrc32c asks for by request_module comes before
 * all: there is no modprobe in the guest that would answer.
 */
async function tasksOf(
  folder: string,
  modules: ReadonlyMap<string, Buffer>,
  needs: ReadonlyMap<string, readonly string[]>,
): Promise<Task[]> {
  const tasks = [...modules].map(async ([name, module]) => {
    const files = [ASKED_FOR, ...(needs.get(name) ?? []).toReversed()];
    const before = files.map((file) => readFile(join(folder, file)));
    const task = { id: name, how: 'direct', module, file: basename(`${name}.ko`) } as const;
    return { ...task, before: await Promise.all(before) };
  });
  return Promise.all(tasks);
}

const ASKED_FOR = 'kernel/crypto/crc32c_generic.ko';

function refusedIn(
  reports: readonly { name: string; findings: readonly { severity: string; rule: string }[] }[],
): Judgement['refused'] {
  const entries = reports.map(({ name, findings }) => {
    const errors = findings.filter(({ severity }) => severity === 'error');
    return [name, errors.map(({ rule }) => rule)] as const;
  });
  return Object.fromEntries(entries.filter(([, rules]) => rules.length > 0));
}

/** A driver whose init finds no device of its own was taken by the kernel all the same. */
const NO_DEVICE = new Set([6, 19]);

/** What came of each module; one that needs a driver without a device was not refused itself. */
export function loadedIn(
  answers: ReadonlyMap<string, Answer>,
  needs: ReadonlyMap<string, readonly string[]>,
): Judgement['loaded'] {
  const entries = [...answers].map(([name, answer]) => [name, toldBy(answer)] as const);
  const told = new Map(entries);
  const lacksDevice = (file: string) => told.get(basename(file, '.ko')) === 'no device';
  const settled = entries.map(([name, said]) => {
    const waits = said !== 'loaded' && needs.get(name)?.some(lacksDevice);
    return [name, waits ? 'no device' : said] as const;
  });
  return Object.fromEntries(settled);
}

function toldBy({ errno, died, log, unprepared }: Answer): string {
  if (died) return 'the kernel did not survive it';
  if (errno === 0) return 'loaded';
  if (NO_DEVICE.has(errno) && unprepared.length === 0) return 'no device';
  const words = log.filter((line) => line.trim() !== '' && !line.includes('taints kernel'));
  const said = words[0] ?? unprepared.join(', ');
  return `errno ${errno}${said ? `: ${said.trim()}` : ''}`;
}
