import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { seededRandom } from '../../system/testing/random.ts';

/** What one reader does: reads of files or parts of them, each compared with what was packed. */
export interface ReadTask {
  target: string;
  /** What was packed. */
  folder: string;
  paths: readonly string[];
  reads: number;
  seed: number;
  /** Reads of all readers that have ended. */
  ended: SharedArrayBuffer;
}

/** How the reads went. */
export interface ReadReport {
  right: number;
  /** Codes of the errors, with how often each came. */
  errors: Record<string, number>;
  /** Files that told something else. */
  wrong: string[];
}

/** The program of a thread: nothing of it waits for anything but its reads. */
parentPort?.on('message', (task: ReadTask) => parentPort?.postMessage(readAll(task), []));

function readAll({ target, folder, paths, reads, seed, ended }: ReadTask): ReadReport {
  const counter = new Int32Array(ended);
  const random = seededRandom(seed);
  const report: ReadReport = { right: 0, errors: {}, wrong: [] };
  for (let count = 0; count < reads; count++) {
    const path = paths[Math.floor(random() * paths.length)] ?? '';
    const part = random() < 0.5 ? ([0, 1] as const) : ([random(), random()] as const);
    try {
      const told = readPart(join(target, path), part);
      if (told.equals(readPart(join(folder, path), part))) report.right++;
      else report.wrong.push(`${path} from ${part[0]}`);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? String(error);
      report.errors[code] = (report.errors[code] ?? 0) + 1;
    }
    Atomics.add(counter, 0, 1);
  }
  return report;
}

/** Begin and length as shares of the size and of what is left. */
function readPart(path: string, [begin, share]: readonly [number, number]): Buffer {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const start = Math.floor(begin * size);
    const buffer = Buffer.alloc(Math.ceil(share * (size - start)));
    let at = 0;
    while (at < buffer.length) {
      const found = readSync(file, buffer, at, buffer.length - at, start + at);
      if (found === 0) break;
      at += found;
    }
    return buffer.subarray(0, at);
  } finally {
    closeSync(file);
  }
}
