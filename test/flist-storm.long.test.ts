import { describe, expect, it } from 'vitest';
import { startRadosgw } from '../src/flist/testing/radosgw.ts';
import { whyNoRegistry } from '../src/oci/testing/docker-registry.ts';
import { flistStorm } from '../src/release/testing/flist-storm.ts';

/** The store runs in a root of its own, which takes root's rights. */
const why = process.getuid?.() === 0 ? whyNoRegistry() : 'root is needed';

describe.skipIf(why != null)(`200 packs and publications of flists ${why ?? ''}`, () => {
  it('show no manifest that does not verify, wherever they are killed', async () => {
    await using server = await startRadosgw();
    const onProgress = (line: string) => process.stderr.write(`${line}\n`);

    const report = await flistStorm({
      jobs: 200,
      seed: 15,
      faultRate: 0.03,
      killRate: 0.4,
      longest: 2000,
      workers: 2,
      bucket: server,
      onProgress,
    });

    process.stderr.write(`${JSON.stringify(report, undefined, 2)}\n`);
    expect(report.problems).toEqual([]);
    expect(report.results['pack killed']).toBeGreaterThan(10);
    expect(report.results['publish killed']).toBeGreaterThan(20);
    expect(report.results['pack done']).toBeGreaterThan(30);
    expect(report.results['publish done']).toBeGreaterThan(20);
    expect(report.faults).toBeGreaterThan(200);
  }, 3_600_000);
});
