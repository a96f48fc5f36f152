import { describe, expect, it } from 'vitest';
import { platformOf } from './open-image.ts';

describe('platformOf', () => {
  it('reads what people write', () => {
    expect(platformOf({ platform: 'linux/arm64' })).toEqual({ os: 'linux', architecture: 'arm64' });
    expect(platformOf({ platform: 'linux/arm/v7' })).toEqual({
      os: 'linux',
      architecture: 'arm',
      variant: 'v7',
    });
  });

  it.each(['', 'arm64', 'linux/', '/arm64', 'linux/arm/', 'linux/arm/v7/x'])(
    'refuses %j: nothing of it is guessed',
    (platform) => {
      expect(() => platformOf({ platform })).toThrow(/is no platform/);
    },
  );
});
