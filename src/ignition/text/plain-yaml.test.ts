import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutateLines } from '../../file/testing/mutate-lines.ts';
import { butaneCases } from '../testing/cases.ts';
import { readsPlainly } from '../testing/plain.ts';

const EXAMPLE = join(import.meta.dirname, '../../../examples/custom-coreos');
const texts = [
  ...butaneCases().map(({ input }) => input),
  ...['butane.yaml', 'lockstep.yaml'].map((name) => readFileSync(join(EXAMPLE, name), 'utf8')),
];

describe('plainYaml', () => {
  it('reads nearly all that Butane is given as the library does', () => {
    const read = texts.map(readsPlainly);

    expect(read.filter((one) => typeof one === 'string')).toEqual([]);
    expect(read.filter((one) => one === true).length).toBeGreaterThan(850);
    expect(read.slice(-2)).toEqual([true, true]);
  });

  it('reads what hands make of it as the library does, or leaves it to that', () => {
    let plain = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const text = mutateLines(texts[seed % texts.length] ?? '', seed);
      const read = readsPlainly(text);
      expect(read, `seed ${seed}: ${text}`).toBeTypeOf('boolean');
      if (read) plain++;
    }
    expect(plain).toBeGreaterThan(800);
  });

  it.each([
    ['keys, lists and maps', 'a:\n- b\n- c: d\n  e: f\n-\n  g: h\ni: {j: [k, "l"], m: n}\n'],
    ['comments', '# a\na: b # c\n# d\nc: # e\n  # f\n  d: e#f\n'],
    ['literal blocks', 'a: |\n  b\n\n   c\n\nd: |-\n  e\n\nf: |+\n  g\n\n# h\n'],
    ['our tags', 'a: !var b\nc: !format "{d}"\ne: !format |\n  f\ng: [!secret h]\n'],
    ['quotes', 'a: \'b\'\'c\'\nd: "e\\n\\"f\\\\"\n"g": h\n'],
    ['a text without a last newline', 'a: b'],
  ])('reads %s', (_, text) => {
    expect(readsPlainly(text)).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['a scalar', 'a\n'],
    ['an empty value', 'a:\nb: c\n'],
    ['an anchor', 'a: &b c\n'],
    ['an alias', 'a: *b\n'],
    ['a merge', '<<: {a: b}\n'],
    ['a text over two lines', 'a: b\n  c\n'],
    ['a folded block', 'a: >\n  b\n'],
    ['a tab', 'a:\n\tb: c\n'],
    ['a document behind another', 'a: b\n---\nc: d\n'],
    ['a carriage return', 'a: b\r\n'],
    ['a list in a list', 'a:\n- - b\n'],
    ['an indentation that ends nowhere', 'a:\n    b: c\n  d: e\n'],
    ['brackets that stay open', 'a: [b\n'],
    ['a key in a value', 'a: b: c\n'],
    ['a literal block of nothing', 'a: |\nb: c\n'],
    ['a literal block that its file cuts', 'a: |\n  b'],
    ['a literal block at the end of the file', 'a: | # b'],
  ])('leaves %s to the library', (_, text) => {
    expect(readsPlainly(text)).toBe(false);
  });
});
