import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { mutateLines } from '../testing/mutate-lines.ts';
import { plainValue } from './plain-value.ts';
import { plainYaml } from './plain-yaml.ts';

const TEXT = `# what a file says
version: 1
name: "a b"
limits: { small: 0, negative: -12, large: 8589934592 }
yes: true
no: false
list:
  - 'it''s'
  - { version: 2.4.1, when: 0 6 * * *, days: 3d }
  - text: |
      two
      lines
    more: [a, b]
`;

function value(text: string): unknown {
  const tree = plainYaml({ file: 'x', text });
  return tree && plainValue(tree)?.value;
}

/** By the library. */
function whole(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false });
  return document.errors.length > 0 ? 'wrong' : document.toJS();
}

describe('plainValue', () => {
  it('says what the library says', () => {
    expect(value(TEXT)).toEqual(whole(TEXT));
    expect(value(TEXT)).toBeDefined();
  });

  it('says what the library says of what hands make of a text, or nothing', () => {
    let plain = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const text = mutateLines(TEXT, seed);
      const found = value(text);
      if (found === undefined) continue;
      expect(found, `seed ${seed}: ${text}`).toEqual(whole(text));
      plain++;
    }
    expect(plain).toBeGreaterThan(800);
  });

  it.each([
    '2.4',
    '007',
    '+1',
    '-0',
    '1.',
    '.5',
    '1e3',
    '0x1f',
    '0o17',
    '.inf',
    '-.Inf',
    '.NaN',
    '9999999999999999',
    'True',
    'FALSE',
    'Null',
    '~',
    '!!str a',
  ])('leaves %s to the library', (written) => {
    expect(value(`a: ${written}\n`)).toBeUndefined();
  });

  it.each(['1.2.3', '0b1', '1_000', '1e', 'e5', '0x', '12h', 'yes', 'on', 'nullx', '.info'])(
    'takes %s for text, as the library does',
    (written) => {
      expect(value(`a: ${written}\n`)).toEqual({ a: written });
      expect(whole(`a: ${written}\n`)).toEqual({ a: written });
    },
  );

  it.each([
    ['a key that is said twice', 'a: b\na: c\n'],
    ['a key that is no text', 'true: b\n'],
    ['a key that is nothing', '{null: b}\n'],
  ])('leaves %s to the library', (_, text) => {
    expect(value(text)).toBeUndefined();
  });

  it('makes no prototype of a key', () => {
    const found = value('__proto__: { polluted: true }\n') as object;

    expect(Object.keys(found)).toEqual(['__proto__']);
    expect('polluted' in found).toBe(false);
  });
});
