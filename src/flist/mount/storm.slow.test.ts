import { describe, expect, it } from 'vitest';
import { mayMount } from '../testing/flist.ts';
import { mountStorm } from '../testing/mount-storm.ts';

// A hundred of these, with 8 readers: test/mount-storm.long.test.ts
describe.runIf(mayMount)('mounts under faults, rot of the cache and SIGKILL', () => {
  it('give what was packed, or EIO', async () => {
    const report = await mountStorm({ mounts: 5, seed: 4, killRate: 0.4, readers: 4, reads: 20 });

    expect(report.problems).toEqual([]);
    expect(report.right).toBeGreaterThan(100);
    expect(report.faults).toBeGreaterThan(10);
    expect(report.damaged).toBeGreaterThan(10);
    expect(report.killed).toBeGreaterThan(0);
  }, 240_000);
});
