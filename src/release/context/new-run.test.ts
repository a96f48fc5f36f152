import { describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { runContext } from './new-run.ts';

const KEYS = {
  version: 1,
  name: 'os',
  modules: [{ name: 'zfs', dkms: 'zfs-dkms', suite: 'trixie' }],
  publish: { registry: 'oci:./store', image: 'os', kmods: 'kmods' },
};
const ON_IMAGE = { base: { image: 'oci:./base:1' }, builder: { image: 'oci:./builder:1' } };
const ON_DEBIAN = { base: { debian: { suite: 'trixie', kernel: 'linux-image-amd64' } } };

describe(runContext, () => {
  it('takes another builder for one run, and the configuration for what it is', () => {
    const usual = contextOf(ON_IMAGE);
    const once = contextOf(ON_IMAGE, 'oci:./trial:2');

    expect(once.stream.builder).toEqual({ image: 'oci:./trial:2', packages: [] });
    expect(once.config).toBe(usual.config);
  });

  it('refuses a builder where none is configured', () => {
    expect(() => contextOf(ON_DEBIAN, 'oci:./trial:2')).toThrow(/is built in no image/);
  });
});

function contextOf(base: object, builder?: string) {
  return runContext(SingleConfig.parse({ ...KEYS, ...base }), {
    registry: memoryRegistry(),
    ...(builder && { builder }),
    project: '/project',
    env: {},
    now: () => new Date(0),
    signal: new AbortController().signal,
    emit: () => {},
    id: 'run',
  });
}
