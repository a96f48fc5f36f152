import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, parseDocument } from 'yaml';
import { type Data, noted } from './data.ts';
import { yamlText } from './yaml.ts';

/** Words at which readers of YAML stumble, beside whatever else there is but the byte order mark. */
const text = fc.oneof(
  fc.string({ unit: 'binary' }).filter((one) => !one.includes('\ufeff')),
  fc.stringMatching(/^[ \t\n\r:#\-?[\]{},&*!|>'"%@`~.\deExXoO+_=<aA\\]*$/),
  fc.constantFrom('', '~', 'null', 'True', '-.INF', '.nan', '0x1F', '0o17', '1e3', '-1', '1_0'),
  fc.constantFrom('---', '...', '- a', '? a', 'a: b', 'a #b', "it's", 'say "no"', '\u2028'),
);
const plain = fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null));
const { data } = fc.letrec<{ data: unknown }>((tie) => ({
  data: fc.oneof(
    { maxDepth: 4 },
    plain,
    fc.array(tie('data'), { maxLength: 4 }),
    fc.dictionary(text, tie('data'), { maxKeys: 4, noNullPrototype: true }),
  ),
}));

describe('yamlText', () => {
  it('is read again as what was written', () => {
    fc.assert(
      fc.property(data, (value) => {
        const document = parseDocument(yamlText(value as Data), { version: '1.2' });

        expect(document.errors).toEqual([]);
        expect(document.warnings).toEqual([]);
        expect(document.toJS()).toEqual(value);
      }),
      { numRuns: 500 },
    );
  });

  it.each(
    'yes No on OFF y 1_000 0777 0b1 12:30 1:30.5 2026-11-27 2026-11-27T10:00:00Z 1.2.3 0x_ff -0x1f +0b1 . = <<'.split(
      ' ',
    ),
  )('writes a value %s so that readers of YAML 1.1 take it for text', (value) => {
    const written = yamlText({ on: value });

    expect(written).toBe(`on: "${value}"\n`);
    expect(parse(written, { version: '1.1' })).toEqual({ true: value });
  });

  it.each(['main', 'v1.2', 'noon', 'yes-1', 'a:b', '0 6 * * *', 'ubuntu-24.04'])(
    'writes %s as it is',
    (value) => {
      expect(yamlText([value])).toBe(`- ${value}\n`);
    },
  );

  it('writes what people would write', () => {
    const value = {
      on: { push: { branches: ['main'], 'paths-ignore': ['**/*.md'] }, pull_request: null },
      permissions: noted({}, 'none'),
      left: undefined,
      jobs: noted(
        { a: { contents: noted('read', 'to check out'), steps: [{ run: 'x', env: { A: '' } }] } },
        'all',
      ),
      needs: [['a', 'b'], [], {}, null],
      if: `!cancelled() && inputs.x == 'y'`,
      json: '{"a":1}',
    };

    expect(yamlText(value)).toBe(`on:
  push:
    branches:
      - main
    paths-ignore:
      - "**/*.md"
  pull_request:
# none
permissions: {}
# all
jobs:
  a:
    contents: read # to check out
    steps:
      - run: x
        env:
          A: ""
needs:
  - - a
    - b
  - []
  - {}
  -
if: "!cancelled() && inputs.x == 'y'"
json: '{"a":1}'
`);
    expect(parse(yamlText(value))).toMatchObject({ permissions: {}, json: '{"a":1}' });
  });
});
