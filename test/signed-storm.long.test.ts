import { describe, expect, it } from 'vitest';
import { whyNoRegistry } from '../src/oci/testing/docker-registry.ts';
import { signedStorm } from '../src/release/testing/signed-storm.ts';

const why = whyNoRegistry();

describe.skipIf(why != null)(`200 signed promotions ${why ?? ''}`, () => {
  it('never show hosts what they would refuse, wherever they are killed', async () => {
    const options = { promotions: 200, seed: 12, killRate: 0.7, longest: 2500, refused: 8 };
    const onProgress = (line: string) => process.stderr.write(`${line}\n`);

    const report = await signedStorm({ ...options, onProgress });

    process.stderr.write(`${JSON.stringify({ ...report, refusals: report.refusals.length })}\n`);
    expect(report.refusals).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.results.killed).toBeGreaterThan(60);
    expect(report.results.done).toBeGreaterThan(20);
    expect(report.results['gate-failed']).toBeGreaterThan(1);
    expect(report.moves).toBeGreaterThan(40);
  }, 3_600_000);
});
