import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { standingOf } from '../range.ts';
import { type Choice, chooseRelease, LATEST_COMPATIBLE, newestPerLine } from './choose.ts';
import { compareVersions, lineOf } from './version.ts';

const MAXIMA: Record<string, string> = {
  '2.2.11': '6.17',
  '2.3.8': '7.0',
  '2.3.9': '7.2',
  '2.4.0': '6.18',
  '2.4.3': '7.0',
};

/** In the misleading order of their publication. */
const releases = ['2.2.11', '2.4.3', '2.3.9', '2.4.0', '2.3.8'].map(aRelease);

function aRelease(version: string) {
  return { version, tag: `zfs-${version}`, assets: [] };
}

async function choose(over: Partial<Choice>) {
  const rangeOf: Choice['rangeOf'] = async ({ version }) =>
    MAXIMA[version] ? { max: MAXIMA[version] } : undefined;
  const choice = { line: LATEST_COMPATIBLE, kernels: ['6.18.4-200.fc43.x86_64'], rangeOf, ...over };
  return (await chooseRelease(releases, choice)).version;
}

describe(newestPerLine, () => {
  it('gives one of each line, the highest', () => {
    const parts = fc.array(fc.tuple(fc.nat(3), fc.nat(12), fc.nat(20)));
    fc.assert(
      fc.property(parts, (all) => {
        const versions = all.map((part) => part.join('.'));

        const newest = newestPerLine(versions.map(aRelease)).map(({ version }) => version);

        expect(new Set(newest.map(lineOf))).toEqual(new Set(versions.map(lineOf)));
        expect(newest).toHaveLength(new Set(versions.map(lineOf)).size);
        expect(newest).toEqual([...newest].sort(compareVersions).reverse());
        for (const version of versions) {
          const best = newest.find((one) => lineOf(one) === lineOf(version));
          expect(compareVersions(best ?? '', version)).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe(chooseRelease, () => {
  it('takes the highest patch of exactly the line, whatever it supports', async () => {
    expect(await choose({ line: '2.2' })).toBe('2.2.11');
    expect(await choose({ line: '2.4', kernels: ['7.2.0'] })).toBe('2.4.3');
    await expect(choose({ line: '2.1' })).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('2.4, 2.3, 2.2'),
    });
    await expect(choose({ line: '2' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(choose({ line: '2.40' })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('takes the highest release whose range holds every kernel', async () => {
    expect(await choose({})).toBe('2.4.3');
    expect(await choose({ kernels: ['7.1.4-204.fc44.x86_64'] })).toBe('2.3.9');
    expect(await choose({ kernels: ['6.18.4', '7.1.4'] })).toBe('2.3.9');
  });

  it('takes the highest when none fits, for the gate to refuse', async () => {
    expect(await choose({ kernels: ['7.3.0'] })).toBe('2.4.3');
    expect(await choose({ rangeOf: async () => undefined })).toBe('2.4.3');
    expect(await choose({ rangeOf: async () => ({ min: '4.18' }) })).toBe('2.4.3');
  });

  it('goes never below what stable has', async () => {
    expect(await choose({ kernels: ['7.1.4'], floor: '2.4.0' })).toBe('2.4.3');
    expect(await choose({ kernels: ['7.1.4'], floor: '2.3.9' })).toBe('2.3.9');
    await expect(choose({ floor: '2.4.4' })).rejects.toMatchObject({
      message: expect.stringContaining('stable has OpenZFS 2.4.4'),
    });
  });

  it('keeps these promises for any releases, ranges and floor', async () => {
    const version = fc.tuple(fc.constant(2), fc.nat(3), fc.nat(4)).map((parts) => parts.join('.'));
    const maximum = fc.nat(9).map((minor) => `6.${minor}`);
    const offers = fc.dictionary(version, maximum, { minKeys: 1 });
    await fc.assert(
      fc.asyncProperty(offers, fc.nat(10), version, async (maxima, minor, floor) => {
        const known = Object.keys(maxima).map(aRelease);
        const kernel = `6.${minor}.1`;
        const allowed = known.filter((one) => compareVersions(one.version, floor) >= 0);
        const fits = (one: { version: string }) =>
          standingOf(kernel, { max: maxima[one.version] }) === 'inside';
        const rangeOf: Choice['rangeOf'] = async (one) => ({ max: maxima[one.version] });
        const chosen = chooseRelease(known, {
          line: LATEST_COMPATIBLE,
          kernels: [kernel],
          floor,
          rangeOf,
        });
        if (allowed.length === 0) {
          await expect(chosen).rejects.toThrow(/stable has/);
          return;
        }

        const { version: found } = await chosen;

        const better = allowed.filter((one) => compareVersions(one.version, found) > 0);
        expect(compareVersions(found, floor)).toBeGreaterThanOrEqual(0);
        if (allowed.some(fits)) expect(fits({ version: found }) && !better.some(fits)).toBe(true);
        else expect(better).toEqual([]);
      }),
    );
  });
});
