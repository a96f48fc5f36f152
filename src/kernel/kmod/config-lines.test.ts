import { describe, expect, it } from 'vitest';
import { configLines, configWords } from './config-lines.ts';

const texts = (text: string) => configLines(text).map((line) => line.text);

describe('configLines', () => {
  it('leaves out comments and empty lines', () => {
    expect(configLines('# one\n\nsearch a\n #b\nx')).toEqual([
      { number: 3, text: 'search a' },
      { number: 4, text: ' #b' },
      { number: 5, text: 'x' },
    ]);
  });

  it('joins what a backslash continues, comments too, and counts on', () => {
    expect(texts('search a \\\nb\n# no \\\nsearch c\nsearch d')).toEqual([
      'search a b',
      'search d',
    ]);
    expect(configLines('a \\\nb\nc').map(({ number }) => number)).toEqual([2, 3]);
  });

  it('drops a backslash before anything else', () => {
    expect(texts('a\\b\\\\c\nd')).toEqual(['ab\\c', 'd']);
  });
});

describe('configWords', () => {
  it('splits at blanks and tabs alone', () => {
    expect(configWords('\toptions  a b\r')).toEqual(['options', 'a', 'b\r']);
  });
});
