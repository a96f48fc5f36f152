import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeOption, readParameters } from './parameter.ts';

const parameters = readParameters([
  ['parm', 'numdummies:Number of dummy devices'],
  ['parmtype', 'numdummies:int'],
  ['parmtype', 'flag:bool'],
  ['parmtype', 'not:invbool'],
  ['parmtype', 'small:byte'],
  ['parmtype', 'big:ulong'],
  ['parmtype', 'list:array of ushort'],
  ['parmtype', 'name:charp'],
  ['parmtype', 'own:zfs_thing'],
  ['parm', 'untyped:no type'],
]);

describe('judgeOption', () => {
  it.each([
    'numdummies=3',
    'numdummies=-0x1f',
    'numdummies=017',
    'numdummies=+5',
    'flag',
    'flag=Yes',
    'flag=off',
    'not=0',
    'small=255',
    'big=0xffffffffffffffff',
    'list=1,2,65535',
    'name=',
    'name="two words"',
    '"name=two words"',
    'own=anything',
    'own',
    'untyped=x',
    'dyndbg=+p',
    'async_probe',
  ])('takes %s', (option) => {
    expect(judgeOption(option, parameters)).toBe('taken');
  });

  it.each([
    'numdummies=many',
    'numdummies=',
    'numdummies',
    'numdummies=08',
    'numdummies=0x',
    'numdummies=2147483648',
    'numdummies=1 2',
    'flag=',
    'flag=maybe',
    'flag=o',
    'not',
    'small=256',
    'small=-1',
    'big=0x10000000000000000',
    'list=1,,2',
    'list=1,65536',
    `name=${'x'.repeat(1025)}`,
  ])('refuses %s', (option) => {
    expect(judgeOption(option, parameters)).toBe('refused');
  });

  it('does not know what the module does not have', () => {
    expect(judgeOption('nothing=1', parameters)).toBe('unknown');
    expect(judgeOption('nothing', parameters)).toBe('unknown');
  });

  it('takes exactly the numbers of a type', () => {
    fc.assert(
      fc.property(fc.integer({ min: -70_000, max: 70_000 }), (number) => {
        const expected = number >= 0 && number <= 0xffff ? 'taken' : 'refused';
        expect(judgeOption(`list=${number}`, parameters)).toBe(expected);
      }),
    );
  });

  it('judges any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void judgeOption(`list${text}`, parameters)));
  });
});
