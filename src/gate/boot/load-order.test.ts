import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { treeOf } from '../../vm/testing/tree.ts';
import { inLoadOrder, sortedByNeeds } from './load-order.ts';

const DEP = `kernel/own.ko:
updates/zfs.ko.xz: updates/zcommon.ko.xz kernel/own.ko updates/spl.ko.xz
updates/zcommon.ko.xz: updates/spl.ko.xz
updates/spl.ko.xz:
updates/hid-kye.ko:
`;

describe(inLoadOrder, () => {
  it.each(['usr/lib/modules', 'lib/modules'])('goes by modules.dep in %s', async (place) => {
    const tree = treeOf({ [`${place}/6.1/modules.dep`]: DEP });
    const modules = ['zfs', 'hid_kye', 'zcommon', 'spl'];

    expect(await inLoadOrder(tree, '6.1', modules)).toEqual(['spl', 'zcommon', 'zfs', 'hid_kye']);
    expect(await inLoadOrder(tree, '6.1', ['hid-kye', 'spl'])).toEqual(['hid-kye', 'spl']);
    expect(await inLoadOrder(tree, '6.2', modules)).toEqual(modules);
  });
});

describe(sortedByNeeds, () => {
  it('keeps every module once, and puts none before what it needs', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const needs = fc.array(fc.subarray(names), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(fc.shuffledSubarray(names), needs, (modules, lists) => {
        // Each needs such as come before it in the alphabet: no module can need itself.
        const earlier = lists.map((list, at) => list.filter((name) => name < (names[at] ?? '')));
        const dep = new Map(earlier.map((list, at) => [names[at] ?? '', list]));

        const sorted = sortedByNeeds(modules, dep);

        expect(sorted.toSorted()).toEqual(modules.toSorted());
        for (const [at, name] of sorted.entries())
          for (const need of dep.get(name) ?? []) expect(sorted.indexOf(need)).toBeLessThan(at);
      }),
    );
  });

  it('comes to an end where modules need each other', () => {
    const dep = new Map([
      ['a.ko', ['b.ko']],
      ['b.ko', ['a.ko']],
    ]);

    expect(sortedByNeeds(['a', 'b'], dep).toSorted()).toEqual(['a', 'b']);
  });
});
