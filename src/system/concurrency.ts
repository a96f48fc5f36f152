/** Runs `work` on each item, at most `limit` at a time; results in the order of the items. */
export async function mapConcurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const entries = items.entries();
  const failure: { error?: unknown } = {};
  const worker = async () => {
    for (const [index, item] of entries) {
      if ('error' in failure) return;
      results[index] = await work(item);
    }
  };
  const workers = Array.from({ length: Math.min(limit, items.length) }, () =>
    worker().catch((error: unknown) => {
      if (!('error' in failure)) failure.error = error;
    }),
  );
  await Promise.all(workers);
  if ('error' in failure) throw failure.error;
  return results;
}

/**
 * The results of `work` on each item, in the order of the items: at most `limit` at a time, and the
 * next ones go on while the caller is busy with a result.
 */
export async function* mapAhead<T, R>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const running: Promise<R>[] = [];
  for await (const item of items) {
    const done = running.length < limit ? [] : await Promise.all(running.splice(0, 1));
    const next = work(item);
    // Told when it is its turn.
    next.catch(() => {});
    running.push(next);
    yield* done;
  }
  for (const last of running) yield await last;
}
