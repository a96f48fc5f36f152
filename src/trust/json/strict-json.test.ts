import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStrictJson, tryStrictJson } from './strict-json.ts';

describe('parseStrictJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ noUnicodeString: false }), (text) => {
        fc.pre(!text.includes('__proto__'));
        expect(parseStrictJson(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it.each([
    ['a member that stands twice', '{"a":1,"b":{},"a":1}'],
    ['a member that stands twice deep inside', '[{"x":{"a":[1,{"b":2}],"a":2}}]'],
    ['a member that stands twice in another spelling', String.raw`{"a":1,"\u0061":2}`],
    ['halves of surrogate pairs that others read alike', String.raw`{"\ud800":1,"\ud801":2}`],
    ['a name that objects do not keep', '{"__proto__":{}}'],
    ['something behind the value', '{} {}'],
    ['a comment', '{} // done'],
    ['a number that is too large', '{"a":[1e999]}'],
  ])('refuses %s', (_, text) => {
    expect(() => parseStrictJson(text)).toThrow(SyntaxError);
    expect(tryStrictJson(text)).toBeUndefined();
  });

  it('refuses bytes that are no UTF-8, and a byte order mark', () => {
    expect(() => parseStrictJson(Buffer.from([0x22, 0xff, 0x22]))).toThrow('not UTF-8');
    expect(() => parseStrictJson(Buffer.from('\ufeff{}'))).toThrow(SyntaxError);
  });

  it('takes the same name in different objects, and colons in texts', () => {
    const text = '{"a":{"a":":"},"b":[{"a":1},{"a":"{\\"a\\":1}"}]}';

    expect(parseStrictJson(text)).toEqual(JSON.parse(text));
  });
});
