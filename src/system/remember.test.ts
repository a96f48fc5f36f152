import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { remembered } from './remember.ts';
import { temporaryFolder } from './temporary.ts';

describe(remembered, () => {
  it('computes once for a key, again for another and again when what was kept is cut short', async () => {
    await using folder = await temporaryFolder();
    const place = folder.path;
    let computed = 0;
    const compute = async () => ({ count: (computed += 1) });

    const answers = [
      await remembered(place, { a: 1, b: 2 }, compute),
      await remembered(place, { b: 2, a: 1 }, compute),
      await remembered(place, { a: 2 }, compute),
    ];
    for (const name of await readdir(place)) {
      await writeFile(join(place, name), '{"cou');
    }

    expect(answers).toEqual([{ count: 1 }, { count: 1 }, { count: 2 }]);
    expect(await remembered(place, { a: 2 }, compute)).toEqual({ count: 3 });
  });
});
