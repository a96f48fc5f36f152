import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../config/parse.ts';
import { plainSections } from './section.ts';

const REST = `base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
modules: [{ name: zfs, debian: zfs-linux }]
publish: { registry: "oci:./store", image: nas, kmods: kmods }
`;
const single = (ignition: string) => `version: 1\nname: nas\n${REST}ignition: ${ignition}\n`;
const read = (text: string) => plainSections({ file: 'lockstep.yaml', text });

/** The same by the reader of the whole configuration. */
function whole(text: string) {
  const { config } = parseConfig(text, 'lockstep.yaml');
  return config?.streams.map(({ name, ignition }) => ({ name, ignition }));
}

describe('plainSections', () => {
  it.each([
    '{ source: butane.yaml }',
    '{ source: [a.bu, parts/b.bu], files: ignition-files }',
    '{ source: a.bu, variables: { host: nas, size: 8589934592, on: true, "text": "1" } }',
    '{ source: a.bu, secrets: { key: env:KEY, other: keys/a.pem }, strict: false }',
    '{ source: a.bu, limit: aws }',
    '{ source: a.bu, limit: 4096, url: https://example.org/nas.ign }',
    '{ source: "a.bu", "strict": true } # said',
  ])('reads what the whole reader reads: %s', (ignition) => {
    const text = single(ignition);

    expect(read(text)).toEqual(whole(text));
    expect(read(text)).toBeDefined();
  });

  it('reads each stream of several, and one without a first boot', () => {
    const stream = (name: string, more: string) => {
      const keys = REST.replace('image: nas', `image: ${name}`).replace(': kmods', `: k-${name}`);
      return `  - name: ${name}\n${`${keys}${more}`.replaceAll(/^(?=.)/gm, '    ')}`;
    };
    const text = `version: 1\nstreams:\n${stream('a', 'ignition: { source: a.bu }\n')}${stream('b', '')}`;

    expect(read(text)).toEqual(whole(text));
    expect(read(text)).toHaveLength(2);
  });

  it('does not look at other sections', () => {
    expect(read(single('{ source: a.bu }').replace('modules:', 'modulez:'))).toHaveLength(1);
  });

  it.each([
    ['a wrong key', '{ source: a.bu, sauce: b }'],
    ['no source', '{ strict: true }'],
    ['an empty list', '{ source: [] }'],
    ['a path out of the project', '{ source: ../a.bu }'],
    ['a number with another meaning', '{ source: a.bu, variables: { a: 0x10 } }'],
    ['a word that YAML may take for something else', '{ source: a.bu, variables: { a: True } }'],
    ['a number where text stands', '{ source: 1 }'],
    ['a limit of nothing', '{ source: a.bu, limit: 0 }'],
    ['a variable that is no key', '{ source: a.bu, variables: { __proto__: x } }'],
    ['a URL that nobody can ask', '{ source: a.bu, url: https://256.1.1.1/x }'],
    ['a URL that is not of http', '{ source: a.bu, url: ftp://example.org/a }'],
    ['an alias', '{ source: &a a.bu, files: *a }'],
    ['a tag', '{ source: !!str a.bu }'],
    ['a key twice', '{ source: a.bu, source: b.bu }'],
    ['a merge', '{ <<: { source: a.bu } }'],
    ['nothing', '~'],
  ])('leaves to the whole reader: %s', (_, ignition) => {
    expect(read(single(ignition))).toBeUndefined();
  });

  it.each([
    ['a second document', `${single('{ source: a.bu }')}---\n`],
    [
      'a name that is too long',
      single('{ source: a.bu }').replace('name: nas', `name: ${'x'.repeat(101)}`),
    ],
    ['another version', single('{ source: a.bu }').replace('version: 1', 'version: 2')],
    ['no YAML', 'version: [1\n'],
    ['nothing', ''],
  ])('leaves to the whole reader a file with %s', (_, text) => {
    expect(read(text)).toBeUndefined();
  });
});
