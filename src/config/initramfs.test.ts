import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseInitramfsConfig } from './initramfs.ts';
import { initramfsJsonSchema } from './initramfs-schema.ts';
import { formatProblems } from './load.ts';

describe(parseInitramfsConfig, () => {
  it('needs a suite and what starts services, and fills in the rest', () => {
    const { config } = parseInitramfsConfig('version: 1\nsuite: bookworm\ninit: zinit\n', 'i.yaml');

    expect(config).toMatchObject({
      kernel: 'linux-image-amd64',
      modules: ['fuse', 'virtio_net'],
      program: 'lockstep',
      output: 'dist/initramfs',
      boot: { memory: 1024, expect: [] },
    });
  });

  it.each([
    ['suite: bookworm', 'i.yaml:1:1: init'],
    ['init: zinit\nsuit: bookworm', 'i.yaml:2:1: suit: is not a known key (did you mean suite?)'],
    ['init: zinit\nsuite: bookworm\noverlay: ../x', 'i.yaml:3:10: overlay: must be a path inside'],
    ['init: [', 'i.yaml:2:1'],
  ])('tells where %j is wrong', (text, place) => {
    const { problems } = parseInitramfsConfig(`${text}\n`, 'i.yaml');

    expect(formatProblems(problems ?? []).join('\n')).toContain(place);
  });
});

describe(initramfsJsonSchema, () => {
  it('takes what is read, and no other key', () => {
    const schema = z.fromJSONSchema(
      initramfsJsonSchema() as Parameters<typeof z.fromJSONSchema>[0],
    );
    const least = { version: 1, suite: 'bookworm', init: 'systemd' };

    expect(schema.safeParse(least).success).toBe(true);
    expect(schema.safeParse({ ...least, boot: { memory: 512 } }).success).toBe(true);
    expect(schema.safeParse({ ...least, suit: 'bookworm' }).success).toBe(false);
    expect(schema.safeParse({ ...least, init: 'runit' }).success).toBe(false);
  });
});
