import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';
import type { RunRecord } from '../src/release/record/run-record.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../bin/lockstep');

export interface Project extends AsyncDisposable {
  path: string;
  /** Writes the configuration anew with these keys changed. */
  configure(change?: Record<string, unknown>): Promise<void>;
  /** Writes a file of the project. */
  write(path: string, content: string): Promise<void>;
}

/** A small real stream: the cloud kernel of Debian 12 with a DKMS module that builds in seconds. */
export const SMALL = {
  version: 1,
  name: 'debian-acpi',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'acpi-call', dkms: 'acpi-call-dkms' }],
  publish: { registry: 'oci:./store', image: 'debian-acpi', kmods: 'kmods-acpi' },
  gates: { boot: 'load' },
};

/** A project in a folder of its own, gone with its scope. */
export async function aProject(change: Record<string, unknown> = {}): Promise<Project> {
  const folder = await temporaryFolder();
  const write = async (path: string, content: string) => {
    const full = join(folder.path, path);
    await mkdir(dirname(full), { recursive: true });
    await writeFile(full, content);
  };
  const configure = (more: Record<string, unknown> = {}) =>
    write('lockstep.yaml', stringify({ ...SMALL, ...change, ...more }));
  await configure();
  return { path: folder.path, configure, write, [Symbol.asyncDispose]: () => remove(folder.path) };
}

/** Folders of a build may belong to other user ids and hold mounts: the user's own tools know how. */
async function remove(path: string): Promise<void> {
  await once(spawn('rm', ['-rf', '--one-file-system', path], { stdio: 'ignore' }), 'exit');
}

export interface Call {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/**
 * Calls the program as a user does. It is killed (SIGKILL, or as told) when `kill` says so of a line
 * that it printed, or when `moment` has come.
 */
export async function lockstep(
  project: Pick<Project, 'path'>,
  args: readonly string[],
  kill: (line: string) => boolean | 'SIGINT' = () => false,
  moment?: AbortSignal,
): Promise<Call> {
  const child = spawn(LOCKSTEP, [...args, '-C', project.path], {
    env: { ...process.env, CI: '1', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  moment?.addEventListener('abort', () => child.kill('SIGKILL'));
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk;
    const ends = chunk.split('\n').map((line) => line !== '' && kill(line));
    const end = ends.find(Boolean);
    if (end) child.kill(end === true ? 'SIGKILL' : end);
  });
  const [stdout, [status, signal]] = await Promise.all([
    text(child.stdout),
    once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { status, signal, stdout, stderr };
}

/** The records that `run --json` prints, one of each stream. */
export function recordsIn(call: Call): RunRecord[] {
  return (JSON.parse(call.stdout) as { streams: RunRecord[] }).streams;
}

/** The record of the only stream. */
export function recordIn(call: Call): RunRecord {
  const [record] = recordsIn(call);
  if (!record) throw new Error(`no record in: ${call.stdout}\n${call.stderr}`);
  return record;
}
