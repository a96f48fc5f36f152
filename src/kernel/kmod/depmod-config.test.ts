import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDepmodConfig, takesOver, winnerOf } from './depmod-config.ts';

const RELEASE = '6.12.1-test';
const winner = (config: string, ...paths: string[]) =>
  winnerOf(readDepmodConfig([config], RELEASE), paths);

describe('winnerOf', () => {
  const own = 'kernel/drivers/net/probe.ko';
  const all = [own, 'updates/dkms/probe.ko', 'extra/probe.ko.xz', 'weak-updates/probe.ko'];

  it.each([
    ['updates wins where nothing is said', '', 'updates/dkms/probe.ko'],
    ['the first folder wins', 'search extra updates built-in', 'extra/probe.ko.xz'],
    ['several lines are one list', 'search extra\nsearch updates', 'extra/probe.ko.xz'],
    ['built-in is what no folder is named for', 'search built-in extra updates weak-updates', own],
    ['override', 'override probe * weak-updates', 'weak-updates/probe.ko'],
    [
      'of two overrides the last',
      'override probe * extra\noverride probe * kernel/drivers/net',
      own,
    ],
    ['override for this kernel', 'override probe 6.12 extra', 'extra/probe.ko.xz'],
    ['override for another kernel', 'override probe ^5 extra', 'updates/dkms/probe.ko'],
    ['classes of POSIX', 'override probe ^[[:digit:]].12 extra', 'extra/probe.ko.xz'],
    ['a broken expression', 'override probe ( extra', 'updates/dkms/probe.ko'],
    ['override wants the whole folder', 'override probe * updates', 'updates/dkms/probe.ko'],
    ['what kmod does not know', 'make_map_files yes\nsearch extra', 'extra/probe.ko.xz'],
  ])('%s', (_, config, expected) => {
    expect(winner(config, ...all)).toBe(expected);
  });

  it('does not know the winner of one rank', () => {
    expect(winner('', 'updates/a/probe.ko', 'updates/b/probe.ko')).toBeUndefined();
    expect(winner('search built-in extra', own, 'updates/probe.ko')).toBeUndefined();
    expect(winner('search up', own, 'updates/probe.ko')).toBeUndefined();
  });

  it('counts external folders where search names them', () => {
    const config = 'external * /opt/a\nexternal * /opt/b ignored\nsearch external built-in\n';

    expect(winner(config, own, '/opt/b/probe.ko', '/opt/a/probe.ko')).toBe('/opt/a/probe.ko');
    expect(winner('external ^5 /opt/a\nsearch updates', own, 'updates/probe.ko')).toBe(
      'updates/probe.ko',
    );
  });

  it('is the one that takes over from every other, and gives way to none', () => {
    const folder = fc.constantFrom('updates', 'updates/dkms', 'extra', 'kernel/a', 'weak-updates');
    const words = fc.array(fc.oneof(folder, fc.constant('built-in')), { maxLength: 5 });
    fc.assert(
      fc.property(words, fc.uniqueArray(folder, { minLength: 2 }), (search, folders) => {
        const config = readDepmodConfig([`search ${search.join(' ')}`], RELEASE);
        const paths = folders.map((each) => `${each}/probe.ko`);
        const found = winnerOf(config, paths);
        const last = (order: readonly string[]) =>
          order.reduce((before, next) => (takesOver(config, next, before) ? next : before));
        if (found) {
          expect(last(paths)).toBe(found);
          expect(last(paths.toReversed())).toBe(found);
        }
      }),
    );
  });
});

describe('readDepmodConfig', () => {
  it('always passes build and source over', () => {
    expect([...readDepmodConfig(['exclude old'], RELEASE).excludes]).toEqual([
      'build',
      'source',
      'old',
    ]);
  });

  it('takes any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        readDepmodConfig([text, `override ${text}`, `external ${text}`], RELEASE);
      }),
    );
  });
});
