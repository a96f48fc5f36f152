import type { Context } from '../../context/context.ts';

/**
 * Does what needs something that is being opened, such as a key, which takes its time. Where that
 * cannot be opened it is told first, whatever a registry says, and the work is ended.
 */
export async function whileOpening<T>(
  opening: Promise<unknown>,
  context: Context,
  work: (context: Context) => Promise<T>,
): Promise<T> {
  const refusal = new AbortController();
  const signal = AbortSignal.any([context.signal, refusal.signal]);
  const working = work({ ...context, signal });
  working.catch(() => {});
  try {
    await opening;
  } catch (error) {
    refusal.abort();
    throw error;
  }
  return await working;
}
