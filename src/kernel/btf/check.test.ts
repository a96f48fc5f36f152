import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aBtf, info } from '../testing/btf-builder.ts';
import { loaderRules } from '../version/loader.ts';
import { checkModuleBtf, readKernelBtf } from './check.ts';
import { KIND } from './format.ts';

/** Offsets of the strings of the kernel, and of those of a module behind them. */
const INT = 1;
const TASK = 5;
const OWN = 10;
const MODULE_TYPES = 3;

const kernelBytes = aBtf({
  strings: ['int', 'task'],
  types: [INT, info(KIND.int), 4, (1 << 24) | 32, TASK, info(KIND.struct, 1), 8, INT, 1, 0],
});
const kernelOf = (release: string) =>
  readKernelBtf(kernelBytes, loaderRules(release, undefined).btf);
const old = kernelOf('6.1.0');
const recent = kernelOf('6.12.0');
const newest = kernelOf('7.3.0');

function judge(types: readonly number[], { strings = ['own'], kernel = recent } = {}) {
  const content = aBtf({ isSplit: true, strings, types });
  return checkModuleBtf({ types: content, base: undefined }, kernel);
}

describe(checkModuleBtf, () => {
  it.each<[string, number[]]>([
    ['no types', []],
    ['a typedef of a type of the kernel, named by the kernel', [TASK, info(KIND.typedef), 1]],
    ['a pointer to a later type', [0, info(KIND.pointer), 99]],
    ['a structure', [OWN, info(KIND.struct, 1), 4, OWN, 1, 0]],
    ['a bit field', [OWN, info(KIND.struct, 1, true), 4, OWN, 1, (3 << 24) | 5]],
    ['an enumeration', [0, info(KIND.enum, 1), 4, OWN, 7]],
  ])('takes %s', (_, types) => {
    expect(judge(types)).toBeUndefined();
  });

  it.each<[string, number[], RegExp]>([
    ['a name beyond the strings', [14, info(KIND.typedef), 1], /\[3\] Invalid name_offset:14/],
    ['no name', [0, info(KIND.typedef), 1], /Invalid name/],
    ['a kind that is none', [0, info(20), 1], /Invalid kind:20/],
    ['a type that is cut off', [OWN, info(KIND.int), 4], /cut off/],
    ['a const of what is not there', [0, info(KIND.const), 9], /\[3\] there is no type 9/],
    ['a const of itself', [0, info(KIND.const), MODULE_TYPES], /cycle/],
    ['an integer larger than its size', [OWN, info(KIND.int), 4, 33], /nr_bits exceeds type_size/],
    ['a member beyond', [OWN, info(KIND.struct, 1), 4, OWN, 1, 33], /exceeds its struct size/],
    ['an enumeration of three bytes', [0, info(KIND.enum, 0), 3], /Unexpected size/],
    ['an odd float', [OWN, info(KIND.float), 5], /Invalid type_size/],
  ])('refuses %s', (_, types, reason) => {
    expect(judge(types)).toMatch(reason);
  });

  it('takes what each kernel takes', () => {
    const tag = [OWN, info(KIND.typeTag, 0, true), 1];
    const section = [OWN, info(KIND.section), 4];
    const odd = { strings: ['.a b'] };

    expect([old, recent, newest].map((kernel) => judge(tag, { kernel }))).toEqual([
      '[3] Invalid btf_info kind_flag',
      '[3] Invalid btf_info kind_flag',
      undefined,
    ]);
    expect([old, recent].map((kernel) => judge(section, { ...odd, kernel }))).toEqual([
      '[3] Invalid name',
      undefined,
    ]);
  });

  it.each<[string, (content: Buffer) => Buffer, string]>([
    ['another magic', (content) => Buffer.from(content.fill(0, 0, 2)), 'Invalid magic'],
    [
      'a byte behind',
      (content) => Buffer.concat([content, Buffer.alloc(1)]),
      'Unsupported section',
    ],
    [
      'a string that does not end',
      (content) => content.fill(65, content.length - 1),
      'Invalid string section',
    ],
    ['a short header', (content) => content.subarray(0, 7), 'hdr_len not found'],
    ['text', () => Buffer.from('not BTF at all'), 'btf_header not found'],
  ])('refuses %s', (_, change, reason) => {
    const types = change(aBtf({ isSplit: true, strings: ['own'] }));

    expect(checkModuleBtf({ types, base: undefined }, recent)).toContain(reason);
  });

  it('never throws for what a module holds', () => {
    const any = fc.uint8Array({ maxLength: 200 });
    const words = fc.array(fc.oneof(fc.nat(40), fc.nat(0xffff_ffff)), { maxLength: 30 });
    fc.assert(
      fc.property(any, words, (bytes, types) => {
        for (const kernel of [old, newest]) {
          const built = aBtf({ strings: ['a'], types });
          checkModuleBtf({ types: bytes, base: undefined }, kernel);
          checkModuleBtf({ types: aBtf({ isSplit: true, types }), base: built }, kernel);
        }
      }),
    );
  });
});

describe('checkModuleBtf with .BTF.base', () => {
  const split = aBtf({ isSplit: true, types: [0, info(KIND.pointer), 1] });
  const judgeBase = (types: readonly number[], strings: readonly string[], kernel = newest) =>
    checkModuleBtf({ types: split, base: aBtf({ strings, types }) }, kernel);

  it('takes types that the kernel has, wherever they are there', () => {
    expect(judgeBase([1, info(KIND.struct), 0], ['task'])).toBeUndefined();
    expect(judgeBase([1, info(KIND.int), 4, (1 << 24) | 32], ['int'])).toBeUndefined();
    expect(judgeBase([1, info(KIND.forward), 0], ['task'])).toBeUndefined();
  });

  it.each<[string, number[], string, RegExp]>([
    [
      'a structure that is not there',
      [1, info(KIND.struct), 8],
      'gone',
      /'gone' \[1\] is not mapped/,
    ],
    ['an integer of another size', [1, info(KIND.int), 8, 64], 'int', /'int' \[1\] is not mapped/],
    ['a kind that is not distilled', [0, info(KIND.pointer), 0], 'x', /invalid for distilled/],
  ])('refuses %s', (_, types, name, reason) => {
    expect(judgeBase(types, [name])).toMatch(reason);
  });

  it('refuses an empty one', () => {
    const base = Buffer.alloc(0);

    expect(checkModuleBtf({ types: split, base }, newest)).toBe('hdr_len not found');
  });

  it('is not looked at before Linux 6.11', () => {
    expect(judgeBase([1, info(KIND.struct), 8], ['gone'], old)).toBeUndefined();
  });

  it('counts the size of a structure that stands whole in one of the module', () => {
    const embedding = aBtf({
      isSplit: true,
      strings: ['own'],
      types: [0, info(KIND.struct, 1), 16, 0, 1, 0],
    });
    const base = (size: number) => aBtf({ strings: ['task'], types: [1, info(KIND.struct), size] });

    expect(checkModuleBtf({ types: embedding, base: base(8) }, newest)).toBeUndefined();
    expect(checkModuleBtf({ types: embedding, base: base(4) }, newest)).toMatch(/is not mapped/);
  });
});
