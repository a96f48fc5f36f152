/** The first items of a list that comes page by page; no further page is asked for. */
export async function firstOf<T>(list: AsyncIterable<T>, limit: number): Promise<T[]> {
  const items: T[] = [];
  if (limit <= 0) return items;
  for await (const item of list) {
    items.push(item);
    if (items.length >= limit) break;
  }
  return items;
}
