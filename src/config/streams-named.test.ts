import { describe, expect, it } from 'vitest';
import { SingleConfig } from './schema.ts';
import { chooseStream } from './streams-named.ts';

const stream = SingleConfig.parse({
  version: 1,
  name: 'zfs',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  publish: { registry: 'oci:./store', image: 'image', kmods: 'kmods' },
});

describe('chooseStream', () => {
  it('wants a name when there are several', () => {
    const other = { ...stream, name: 'other' };

    expect(chooseStream([stream], undefined)).toBe(stream);
    expect(chooseStream([stream, other], 'other')).toBe(other);
    expect(() => chooseStream([stream, other], undefined)).toThrow('several');
    expect(() => chooseStream([stream], 'nosuch')).toThrow('nosuch');
  });
});
