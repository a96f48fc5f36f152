import { makerOf } from './document/seal.ts';
import type { MadeFile } from './generate.ts';

/** What is to be done with a file; `differs` is left alone, as others wrote what stands there. */
export interface FileStep extends MadeFile {
  action: 'write' | 'keep' | 'remove' | 'differs';
  /** What stands there now. */
  now?: string;
}

/**
 * Decides what becomes of files. Those that lockstep made and nobody edited are written anew or
 * removed when nothing makes them any more; edited ones and those of others are left alone, unless
 * `force` says so. `there` has the texts of all files that lockstep may have made.
 */
export function planFiles(
  made: readonly MadeFile[],
  there: ReadonlyMap<string, string>,
  { force }: { force?: boolean } = {},
): FileStep[] {
  const steps = made.map(({ path, text }): FileStep => {
    const now = there.get(path);
    if (now == null) return { path, text, action: 'write' };
    if (now === text) return { path, text, now, action: 'keep' };
    const isOurs = makerOf(now) === 'lockstep';
    return { path, text, now, action: isOurs || force ? 'write' : 'differs' };
  });
  const wanted = new Set(made.map(({ path }) => path));
  const gone = [...there].filter(([path, now]) => !wanted.has(path) && makerOf(now) === 'lockstep');
  return [
    ...steps,
    ...gone.map(([path, now]): FileStep => ({ path, text: '', now, action: 'remove' })),
  ];
}
