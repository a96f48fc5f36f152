import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { mapAhead } from './concurrency.ts';

/** Work whose ends are in the hands of the test. */
function controlledWork() {
  const ends = new Map<string, (error?: Error) => void>();
  const work = (item: string) =>
    new Promise<string>((resolve, reject) => {
      ends.set(item, (error) => (error ? reject(error) : resolve(item.toUpperCase())));
    });
  return {
    work,
    started: () => [...ends.keys()],
    end: (item: string) => ends.get(item)?.(),
    fail: (item: string) => ends.get(item)?.(new Error(item)),
  };
}

describe('mapAhead', () => {
  it('gives results in the order of the items, and begins the next ones ahead of the caller', async () => {
    const { work, started, end } = controlledWork();
    const results = mapAhead(['a', 'b', 'c', 'd'], 2, work);

    const first = results.next();
    await turn();
    expect(started()).toEqual(['a', 'b']);

    end('b');
    end('a');
    expect(await first).toEqual({ value: 'A', done: false });
    expect(started()).toEqual(['a', 'b', 'c']);

    end('c');
    expect((await results.next()).value).toBe('B');
    end('d');
    expect((await results.next()).value).toBe('C');
    expect((await results.next()).value).toBe('D');
    expect((await results.next()).done).toBe(true);
  });

  it('tells of a failure when it is its turn', async () => {
    const { work, end, fail } = controlledWork();
    const results = mapAhead(['a', 'b'], 2, work);

    const first = results.next();
    await turn();
    fail('b');
    await turn();
    end('a');

    expect((await first).value).toBe('A');
    await expect(results.next()).rejects.toThrow('b');
  });

  it('takes what comes one by one, and nothing', async () => {
    async function* coming() {
      yield 1;
      yield 2;
    }

    const doubled = await Array.fromAsync(mapAhead(coming(), 1, async (n) => n * 2));

    expect(doubled).toEqual([2, 4]);
    expect(await Array.fromAsync(mapAhead([], 3, async (n) => n))).toEqual([]);
  });
});
