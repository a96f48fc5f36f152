import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { planCopy, requireNoConflict } from './plan.ts';

const [one, two] = [digestOf('one'), digestOf('two')];
const image = {
  name: 'image',
  stable: ['latest', 'main-{os_version}'],
  isKmods: false,
  isMain: true,
};

function actions(
  from: Record<string, typeof one>,
  to: Record<string, typeof one> = {},
  options: { all?: boolean; repository?: typeof image } = {},
) {
  const observed = { from: new Map(Object.entries(from)), to: new Map(Object.entries(to)) };
  const { tags } = planCopy(options.repository ?? image, observed, options);
  return Object.fromEntries(tags.map(({ tag, action }) => [tag, action]));
}

describe(planCopy, () => {
  it('moves what hosts follow last, and copies the rest', () => {
    const tags = { latest: one, 'main-12': one, 'candidate-1234567-12': one };

    expect(actions(tags, { 'main-12': two, 'candidate-1234567-12': two })).toEqual({
      latest: 'promote',
      'main-12': 'promote',
      'candidate-1234567-12': 'move',
    });
    expect(actions(tags, tags)).toEqual({
      latest: 'stands',
      'main-12': 'stands',
      'candidate-1234567-12': 'stands',
    });
  });

  it('knows the tags of kmods that are promoted, in the repositories of main alone', () => {
    const kmods = { name: 'kmods', stable: [], isKmods: true, isMain: true };
    const tags = { 'main-12-6.1.0-1': one, 'zfs-2.4.1_kernel-6.1.0-1': one };

    expect(actions(tags, {}, { repository: kmods })).toEqual({
      'main-12-6.1.0-1': 'promote',
      'zfs-2.4.1_kernel-6.1.0-1': 'copy',
    });
    expect(actions(tags, {}, { repository: { ...kmods, isMain: false } })).toMatchObject({
      'main-12-6.1.0-1': 'copy',
    });
  });

  it('leaves intents and lists of referrers out, and takes what others made when all is asked for', () => {
    const list = `sha256-${one.slice(7)}`;
    const tags = { 'intent-1': one, [list]: one, [`${list}.sig`]: one, mine: one, 'br-x-12': one };

    expect(actions(tags)).toEqual({ [`${list}.sig`]: 'copy' });
    expect(actions(tags, {}, { all: true })).toEqual({
      [`${list}.sig`]: 'copy',
      mine: 'copy',
      'br-x-12': 'copy',
    });
  });

  it('refuses to move audit tags and records', () => {
    const tags = { 'stable-20261120t080000z-1a2b-3c4d5e6': one };
    const observed = {
      from: new Map(Object.entries(tags)),
      to: new Map(Object.keys(tags).map((tag) => [tag, two])),
    };
    const plan = planCopy(image, observed);

    expect(() => requireNoConflict([plan])).toThrow(
      'something else under image:stable-20261120t080000z-1a2b-3c4d5e6',
    );
  });
});
