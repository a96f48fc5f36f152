import { describe, expect, it } from 'vitest';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { signedStorm } from './signed-storm.ts';

const why = whyNoRegistry();

// Two hundred of these: test/signed-storm.long.test.ts
describe.skipIf(why != null)(`signed promotions under fire ${why ?? ''}`, () => {
  it('never show hosts what they would refuse', async () => {
    const report = await signedStorm({
      promotions: 10,
      seed: 7,
      killRate: 0.5,
      longest: 1500,
      refused: 5,
    });

    expect(report.refusals).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.results.done).toBeGreaterThan(1);
    expect(report.moves).toBeGreaterThan(3);
  }, 240_000);
});
