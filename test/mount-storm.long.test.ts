import { describe, expect, it } from 'vitest';
import { mayMount } from '../src/flist/testing/flist.ts';
import { mountStorm } from '../src/flist/testing/mount-storm.ts';

describe.runIf(mayMount)('100 mounts under faults, rot of the cache and SIGKILL', () => {
  it('give 8 readers what was packed, or EIO', async () => {
    const onProgress = (line: string) => process.stderr.write(`${line}\n`);

    const report = await mountStorm({
      mounts: 100,
      seed: 15,
      killRate: 0.4,
      readers: 8,
      reads: 40,
      onProgress,
    });

    process.stderr.write(`${JSON.stringify(report, undefined, 2)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.right).toBeGreaterThan(10_000);
    expect(report.errors.EIO).toBeGreaterThan(30);
    expect(report.killed).toBeGreaterThan(25);
    expect(report.faults).toBeGreaterThan(500);
    expect(report.damaged).toBeGreaterThan(1000);
  }, 3_600_000);
});
