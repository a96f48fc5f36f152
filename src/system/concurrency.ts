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
