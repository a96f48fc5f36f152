import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandTemplate, fitsTemplate, isMoving, templateProblem } from './tag-template.ts';

const values = { osVersion: '44', kernel: '6.17.7-300.fc44.x86_64', modules: { zfs: '2.4.1' } };

describe('templateProblem', () => {
  it.each([
    'stable',
    'latest',
    '{os_version}',
    '{os_version}-{kernel}',
    'main-{os_version}-zfs-{module.zfs}',
    'stable-{os_version}',
  ])('finds none in %s', (template) => {
    expect(templateProblem(template)).toBeUndefined();
  });

  it.each([
    ['', 'must be a tag'],
    ['-x', 'must be a tag'],
    ['a b', 'must be a tag'],
    ['{os}', 'must be a tag'],
    ['x'.repeat(111), 'must be a tag'],
    ['candidate-{os_version}', 'another meaning'],
    ['base-x', 'another meaning'],
    ['br-next', 'another meaning'],
    ['inputs-x', 'another meaning'],
    ['followed-x', 'another meaning'],
    ['run-x', 'another meaning'],
    ['stable-20261120t080000z-1a2b-3c4d5e6', 'another meaning'],
    ['stable-{kernel}', 'another meaning'],
  ])('finds what is wrong with %j', (template, problem) => {
    expect(templateProblem(template)).toContain(problem);
  });
});

describe('expandTemplate', () => {
  it('puts in what the image holds', () => {
    const template = '{os_version}-{kernel}-zfs-{module.zfs}';

    expect(expandTemplate(template, values)).toBe('44-6.17.7-300.fc44.x86_64-zfs-2.4.1');
    expect(expandTemplate('main-{os_version}', { ...values, osVersion: '44-beta' })).toBe(
      'main-44_beta',
    );
  });
});

describe('fitsTemplate', () => {
  it('knows what came of it, and nothing of another meaning', () => {
    expect(fitsTemplate('44', '{os_version}')).toBe(true);
    expect(fitsTemplate('main-44', '{os_version}')).toBe(false);
    expect(fitsTemplate('candidate-1234567-44', '{os_version}-{kernel}')).toBe(false);
    expect(fitsTemplate('stable-20261120t080000z-1a2b-3c4d5e6', '{os_version}-{kernel}')).toBe(
      false,
    );
    expect(fitsTemplate('br-a-b-44', 'br-a-{os_version}')).toBe(false);
    expect(fitsTemplate('br-a-44', 'br-a-{os_version}')).toBe(true);
    expect(fitsTemplate('mainx44', 'main.{os_version}')).toBe(false);
  });

  it('fits whatever a good template gave', () => {
    const part = fc.constantFrom('{os_version}', '{kernel}', '{module.zfs}', 'a', 'main', '-', '.');
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
        const template = parts.join('');
        fc.pre(templateProblem(template) == null);
        expect(fitsTemplate(expandTemplate(template, values), template)).toBe(true);
      }),
    );
  });
});

describe('isMoving', () => {
  it('is true for what keeps its name when the kernel changes', () => {
    expect(['stable', 'main-{os_version}', '{os_version}-{kernel}'].map(isMoving)).toEqual([
      true,
      true,
      false,
    ]);
  });
});
