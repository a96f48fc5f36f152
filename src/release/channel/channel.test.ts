import { describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { channelOf, MAIN, streamForChannel } from './channel.ts';

const stream = SingleConfig.parse({
  version: 1,
  name: 'debian-zfs',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  publish: { registry: 'quay.io/owner', image: 'image', kmods: 'kmods' },
});

describe('channelOf', () => {
  it('is main unless another one is named', () => {
    expect(channelOf({})).toEqual(MAIN);
    expect(channelOf({ channel: 'pull-request' })).toEqual({ name: 'pull-request' });
    expect(channelOf({ channel: 'branch', branch: 'next' })).toEqual({
      name: 'branch',
      branch: 'next',
    });
  });

  it.each([
    { channel: 'branch' },
    { channel: 'branch', branch: '' },
    { branch: 'next' },
    { channel: 'main', branch: 'next' },
    { channel: 'pull-request', branch: 'next' },
  ] as const)('refuses half of a name: %j', (options) => {
    expect(() => channelOf(options)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});

describe('streamForChannel', () => {
  it('leaves main as it is configured', () => {
    expect(streamForChannel(stream, MAIN)).toBe(stream);
  });

  it('gives branches repositories of their own and one tag', () => {
    const { publish, ...rest } = streamForChannel(stream, { name: 'branch', branch: 'a/b' });

    expect(publish).toMatchObject({
      registry: 'quay.io/owner',
      image: 'image-br',
      kmods: 'kmods-br',
    });
    expect(publish.stable).toEqual([expect.stringMatching(/^br-a-b-[0-9a-f]{10}-\{os_version\}$/)]);
    expect({ ...rest, publish: stream.publish }).toEqual(stream);
  });

  it('keeps a pull request on this machine', () => {
    const { publish } = streamForChannel(stream, { name: 'pull-request' });

    expect(publish).toEqual({ ...stream.publish, registry: 'oci:.lockstep/pull-request' });
  });
});
