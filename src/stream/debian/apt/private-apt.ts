import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunResult, run } from '../../../system/process.ts';
import { requireProgram } from '../../../system/program.ts';
import type { MachineApt } from './machine.ts';
import { type AptSource, formatSources } from './sources.ts';

/** An apt with folders of its own; nothing that it does touches the machine's. */
export interface PrivateApt {
  folder: string;
  architecture: string;
  env: NodeJS.ProcessEnv;
  signal?: AbortSignal;
}

/** Where answers are kept that depend on the archive alone. */
export function answersOf({ folder }: PrivateApt): string {
  return join(folder, 'resolved');
}

/** Programs of apt; the helper is not on PATH. */
export type AptProgram = 'apt-get' | 'apt-cache' | 'apt-helper';

const HELPER = '/usr/lib/apt/apt-helper';

/** Writes folders, settings and sources of a private apt. The same input writes the same files. */
export async function layPrivateApt(
  folder: string,
  machine: MachineApt,
  sources: readonly AptSource[],
  options: { architecture: string; withSources: boolean },
): Promise<void> {
  for (const part of ['lists/partial', 'archives/partial', 'sources', 'resolved']) {
    await mkdir(join(folder, part), { recursive: true });
  }
  const types = options.withSources ? ['deb', 'deb-src'] : ['deb'];
  await settle(join(folder, 'status'), '');
  await settle(join(folder, 'sources/archive.sources'), formatSources(sources, types));
  await settle(join(folder, 'apt.conf'), settings(folder, machine, options.architecture));
}

/** Another run may be reading the file: it is left alone when right, and replaced at one blow. */
async function settle(path: string, text: string): Promise<void> {
  const before = await readFile(path, 'utf8').catch(() => undefined);
  if (before === text) return;
  const fresh = `${path}.${process.pid}.new`;
  await writeFile(fresh, text);
  await rename(fresh, path);
}

/**
 * `APT_CONFIG` is read before apt's own configuration, so the parts and the main file can be
 * turned away there: hooks and pins of the machine stay out.
 */
function settings(folder: string, machine: MachineApt, architecture: string): string {
  const own = [
    ['Dir::Etc::main', '/dev/null'],
    ['Dir::Etc::parts', '/dev/null'],
    ['Dir::Etc::sourcelist', '/dev/null'],
    ['Dir::Etc::sourceparts', join(folder, 'sources')],
    ['Dir::Etc::preferences', '/dev/null'],
    ['Dir::Etc::preferencesparts', '/dev/null'],
    ['Dir::State', folder],
    ['Dir::State::lists', join(folder, 'lists')],
    ['Dir::State::status', join(folder, 'status')],
    ['Dir::State::extended_states', join(folder, 'extended_states')],
    ['Dir::Cache', folder],
    ['Dir::Cache::archives', join(folder, 'archives')],
    ['Dir::Log', folder],
    ['APT::Architecture', architecture],
    ['APT::Install-Recommends', 'false'],
    ['APT::Install-Suggests', 'false'],
    ['APT::Sandbox::User', ''],
    ['APT::Update::Error-Mode', 'any'],
    ['APT::Get::AllowUnauthenticated', 'false'],
    ['Acquire::AllowInsecureRepositories', 'false'],
    ['Acquire::AllowWeakRepositories', 'false'],
    ['Acquire::AllowDowngradeToInsecureRepositories', 'false'],
    ['Acquire::AllowReleaseInfoChange', 'true'],
    ['Acquire::GzipIndexes', 'false'],
    ['Acquire::Languages', 'none'],
  ];
  const lines = own.map(([name, value]) => `${name} "${value}";`);
  const architectures = `APT::Architectures { "${architecture}"; };`;
  return `${[...machine.network, architectures, ...lines].join('\n')}\n`;
}

/** Runs one program of the private apt; any exit status is returned. */
export function apt(
  place: PrivateApt,
  program: AptProgram,
  args: readonly string[],
  options: { keep?: number; onLine?: (line: string) => void; lock?: 'shared' | 'exclusive' } = {},
): Promise<RunResult> {
  const { env, signal, folder } = place;
  const path = program === 'apt-helper' ? HELPER : requireProgram(program, env);
  const lock = ['-E', '75', options.lock === 'exclusive' ? '-x' : '-s', join(folder, 'lock')];
  const command = options.lock ? [requireProgram('flock', env), ...lock, path] : [path];
  return run(command[0] ?? path, [...command.slice(1), ...args], {
    env: { ...env, APT_CONFIG: join(folder, 'apt.conf'), LC_ALL: 'C.UTF-8', LANGUAGE: '' },
    signal,
    keep: options.keep ?? 64 << 20,
    onLine: options.onLine,
  });
}
