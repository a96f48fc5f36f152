import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { digestOf, digestOfFile, digestOfJson } from '../../src/system/digest.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { type LoadOptions, loadAll } from './load.ts';
import type { Answer, Task } from './task.ts';

export interface RememberOptions extends LoadOptions {
  /** Folder of answers; undefined: every kernel is asked anew. */
  memory?: string;
}

/**
 * The same as `loadAll`, but asks a kernel only once for the same bytes: image, command line,
 * module and what is loaded before. A change of the gate is measured without a single boot.
 */
export async function loadRemembered(
  kernel: Kernel,
  tasks: readonly Task[],
  options: RememberOptions,
): Promise<Map<string, Answer>> {
  if (options.memory == null) return loadAll(kernel, tasks, options);
  const { digest } = await digestOfFile(kernel.image);
  const about = digestOfJson([digest, options.append ?? []]).slice(7, 19);
  const file = join(options.memory, `${kernel.release}-${about}.json`);
  const known = new Map(Object.entries(await readAnswers(file)));
  const keys = new Map(tasks.map((task) => [task.id, keyOf(task)]));
  const keyed = (id: string) => keys.get(id) ?? '';
  const unknown = tasks.filter(({ id }) => !known.has(keyed(id)));
  const fresh = await loadAll(kernel, unknown, options);
  for (const [id, answer] of fresh) known.set(keyed(id), answer);
  if (fresh.size > 0) await writeAnswers(file, Object.fromEntries(known));
  const found = tasks.flatMap(({ id }) => {
    const answer = known.get(keyed(id));
    return answer ? [[id, answer] as const] : [];
  });
  return new Map(found);
}

function keyOf(task: Task): string {
  const before = task.before.map((module) => digestOf(module));
  return digestOfJson([task.how, task.file, digestOf(task.module), before]).slice(7);
}

async function readAnswers(file: string): Promise<Record<string, Answer>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, Answer>;
  } catch {
    return {};
  }
}

async function writeAnswers(file: string, answers: Record<string, Answer>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  await writeFile(fresh, JSON.stringify(answers));
  await rename(fresh, file);
}
