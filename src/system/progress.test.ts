import { describe, expect, it } from 'vitest';
import { countedBytes } from './progress.ts';

describe(countedBytes, () => {
  it('passes everything on, and tells how much of it has gone by', async () => {
    const said: string[] = [];
    const sizes: number[] = [];
    async function* chunks() {
      for (let at = 0; at < 5; at += 1) yield new Uint8Array(10e6);
    }

    const say = (line: string) => said.push(line);
    for await (const { length } of countedBytes(chunks(), { total: 50e6, say, what: 'packing' })) {
      sizes.push(length);
    }

    expect(sizes).toEqual([10e6, 10e6, 10e6, 10e6, 10e6]);
    expect(said).toEqual(['packing: 0 of 50 MB', 'packing: 20 of 50 MB', 'packing: 40 of 50 MB']);
  });
});
