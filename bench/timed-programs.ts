import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from '../src/system/program.ts';

/** Programs whose time is told apart. */
export interface TimedPrograms {
  /** An environment in which they write down how long each call took. */
  env: NodeJS.ProcessEnv;
  /** Seconds for each program since the last time. */
  read: () => Promise<Record<string, number>>;
}

/**
 * Puts programs of the same names before the real ones on PATH; of each those calls count that the
 * pattern of a shell matches.
 */
export async function timedPrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
): Promise<TimedPrograms> {
  const bin = join(folder, 'bin');
  const log = join(folder, 'times');
  await mkdir(bin);
  for (const [name, calls] of Object.entries(programs)) {
    const real = findProgram(name, process.env);
    const script = `#!/bin/sh
start=$(date +%s.%N)
${real} "$@"
status=$?
case " $* " in ${calls}) echo "${name} $start $(date +%s.%N)" >> '${log}' ;; esac
exit $status
`;
    await writeFile(join(bin, name), script);
    await chmod(join(bin, name), 0o755);
  }
  return {
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
    read: async () => {
      const text = await readFile(log, 'utf8').catch(() => '');
      await writeFile(log, '');
      return sumsOf(text);
    },
  };
}

function sumsOf(log: string): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const line of log.split('\n').filter(Boolean)) {
    const [name = '', start, end] = line.split(' ');
    sums[name] = (sums[name] ?? 0) + Number(end) - Number(start);
  }
  return sums;
}
