import { describe, expect, it } from 'vitest';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { raceMany } from './race.ts';
import { promotionStorm } from './storm.ts';

const why = whyNoRegistry();

// A thousand and two hundred of these: npm run bench -- storm race
describe.skipIf(why != null)(`promotions under fire ${why ?? ''}`, () => {
  it('never show hosts anything but a whole, audited digest', async () => {
    const report = await promotionStorm({
      promotions: 40,
      seed: 5,
      faultRate: 0.03,
      killRate: 0.25,
      workers: 3,
    });

    expect(report.problems).toEqual([]);
    expect(report.results.done).toBeGreaterThan(5);
    expect(report.faults).toBeGreaterThan(10);
    expect(report.moves).toBeGreaterThan(5);
  });
});

describe('promoters against cleaners', () => {
  it('lose no tag and delete nothing reachable', async () => {
    await using folder = await temporaryFolder();
    const report = await raceMany({ location: `oci:${folder.path}`, races: 16 });

    expect(report.problems).toEqual([]);
    expect(report.results['promote done']).toBeGreaterThan(5);
    expect(report.results['clean done']).toBe(20);
  });
});
