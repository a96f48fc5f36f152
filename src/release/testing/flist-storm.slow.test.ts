import { describe, expect, it } from 'vitest';
import { startBucket } from '../../flist/testing/bucket.ts';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { flistStorm } from './flist-storm.ts';

const why = whyNoRegistry();

// Two hundred of these, on Ceph's S3 server: test/flist-storm.long.test.ts
describe.skipIf(why != null)(`packs and publications of flists under fire ${why ?? ''}`, () => {
  it('show no manifest that does not verify', async () => {
    await using bucket = await startBucket();

    const { problems, results, faults, verified } = await flistStorm({
      jobs: 12,
      seed: 3,
      faultRate: 0.03,
      killRate: 0.4,
      longest: 800,
      workers: 2,
      bucket,
    });

    expect(problems).toEqual([]);
    expect(faults).toBeGreaterThan(5);
    expect(verified).toBeGreaterThan(5);
    expect(results['pack done']).toBeGreaterThan(0);
    expect(results['publish done']).toBeGreaterThan(0);
  }, 240_000);
});
