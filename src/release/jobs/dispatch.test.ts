import { describe, expect, it } from 'vitest';
import { parseDispatch } from './dispatch.ts';

const USUAL = {
  promote_to_stable: true,
  use_input_lock: false,
  lock_file: '',
  build_container_image: '',
  force_rebuild: false,
  streams: [],
};
const PINNED = `quay.io/fedora/fedora@sha256:${'1a'.repeat(32)}`;

const read = (value: unknown) => parseDispatch(JSON.stringify(value), 'DISPATCH');

describe(parseDispatch, () => {
  it.each(['', ' ', 'null', '{}'])('asks for what a schedule does: %j', (text) => {
    expect(parseDispatch(text, 'DISPATCH')).toEqual(USUAL);
  });

  it('reads what is asked for', () => {
    expect(
      read({
        promote_to_stable: false,
        use_input_lock: true,
        lock_file: 'locks/a.json',
        build_container_image: PINNED,
        force_rebuild: true,
        streams: 'nas, desktop\nserver',
      }),
    ).toEqual({
      promote_to_stable: false,
      use_input_lock: true,
      lock_file: 'locks/a.json',
      build_container_image: PINNED,
      force_rebuild: true,
      streams: ['nas', 'desktop', 'server'],
    });
  });

  it.each([
    [{ promote: true }, /promote/],
    [{ promote_to_stable: 'yes' }, /promote_to_stable/],
    [{ force_rebuild: 1 }, /force_rebuild/],
    [{ streams: 7 }, /streams/],
    [{ use_input_lock: true, lock_file: '../else.json' }, /lock_file: must be a path inside/],
    [{ use_input_lock: true, lock_file: '/etc/passwd' }, /lock_file: must be a path inside/],
    [{ lock_file: 'a.json' }, /lock_file: is only read with use_input_lock/],
    [{ build_container_image: 'fedora:44' }, /build_container_image: must be NAME@sha256/],
    [{ build_container_image: 'oci:./x@sha256:12' }, /build_container_image/],
    [{ build_container_image: '$(id)' }, /build_container_image/],
    [[], /expected object/],
    ['x', /expected object/],
  ])('refuses %j', (value, message) => {
    expect(() => read(value)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });

  it('refuses what is no JSON, and tells all that is wrong at once', () => {
    expect(() => parseDispatch('{', 'DISPATCH')).toThrow(/DISPATCH: not JSON/);
    expect(() => read({ force_rebuild: 'x', more: 1 })).toThrow(/force_rebuild.*\n.*more/);
  });
});
