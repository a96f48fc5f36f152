import { describe, expect, it } from 'vitest';
import { truthful } from './labels.ts';

describe(truthful, () => {
  it('leaves what hosts need and drops what is untrue of a derived image', () => {
    const kept = { 'containers.bootc': '1', 'ostree.final-diffid': 'sha256:0', mine: 'x' };
    const dropped = {
      'ostree.linux': '6.11.4-301.fc41.x86_64',
      'quay.expires-after': '4w',
      'org.opencontainers.image.version': '41.20261120.0',
      'dev.hhd.rechunk.info': '{}',
    };

    expect(truthful({ ...kept, ...dropped })).toEqual(kept);
  });
});
