import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tree } from '../file/yaml/tree.ts';
import { buildButane, documentText } from './build.ts';
import { dataUrl } from './butane/data-url.ts';
import { escapePath } from './butane/unit-name.ts';
import { bytesOfResource } from './contents.ts';
import { goJson } from './schema/encode.ts';
import { dataOf } from './spec/rules/data-url.ts';
import { parseJson } from './text/json.ts';
import { bytesOfText, textOfBytes } from './text/scalar.ts';
import { wholeYaml } from './text/whole-yaml.ts';
import { expandContext } from './values/values.ts';

const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));

function valueOf(tree: Tree): unknown {
  if (tree.kind === 'alias') return valueOf(tree.target);
  if (tree.kind === 'list') return tree.items.map(valueOf);
  if (tree.kind === 'map') {
    const entries = tree.entries.map(({ key, value }) => [valueOf(key), valueOf(value)]);
    return Object.fromEntries(entries) as unknown;
  }
  return tree.tag === 'string' ? tree.text : (JSON.parse(tree.text) as unknown);
}

describe('parseJson', () => {
  it('reads what JSON.parse reads, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.json().map((text) => text.slice(1)),
        ),
        (text) => {
          let wanted: unknown;
          let valid = true;
          try {
            wanted = JSON.parse(text);
          } catch {
            valid = false;
          }
          const parsed = parseJson({ file: 'x', text });
          expect(parsed.fault == null).toBe(valid);
          // Written anew: -0 and what stands twice are told alike.
          if (!parsed.fault)
            expect(JSON.stringify(valueOf(parsed.tree))).toBe(JSON.stringify(wanted));
        },
      ),
    );
  });
});

describe('wholeYaml', () => {
  it('comes to an end with a tree or a place, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const parsed = wholeYaml({ file: 'x', text });
        if (parsed.fault) expect(parsed.fault.offset).toBeLessThanOrEqual(text.length);
      }),
    );
  });
});

describe('textOfBytes', () => {
  it('loses no byte', () => {
    fc.assert(fc.property(bytes, (one) => bytesOfText(textOfBytes(one)).equals(one)));
  });

  it('leaves UTF-8 as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => textOfBytes(Buffer.from(text)) === text),
    );
  });
});

describe('dataUrl', () => {
  it('brings the same bytes back, the shortest way', () => {
    fc.assert(
      fc.property(bytes, (one) => {
        const { source, compression = '' } = dataUrl(one);
        expect(bytesOfResource({ source, compression })?.equals(one)).toBe(true);
        expect(source.length).toBeLessThanOrEqual(`data:;base64,${one.toString('base64')}`.length);
      }),
    );
  });

  it('is never longer than what gzip makes of it, few kinds of bytes or many', () => {
    const few = fc.array(fc.constantFrom(0, 97, 98, 255), { maxLength: 300 });
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          few.map((list) => Buffer.from(list)),
        ),
        (one) => {
          const packed = `data:;base64,${gzipSync(one, { level: 9 }).toString('base64')}`;
          const { source, compression = '' } = dataUrl(one);
          expect(source.length + compression.length).toBeLessThanOrEqual(packed.length + 4);
        },
      ),
    );
  });

  it('packs nothing that was packed before', () => {
    fc.assert(
      fc.property(bytes, (one) => {
        const { source, compression } = dataUrl(one, 'gzip');
        expect(compression).toBeUndefined();
        expect(dataOf(source)?.equals(one)).toBe(true);
      }),
    );
  });
});

describe('goJson', () => {
  it('says what JSON.stringify says, without <, > and &', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.boolean(), (value, pretty) => {
        const text = goJson(value, pretty);
        expect(text).not.toMatch(/[<>&\u2028\u2029]/);
        const well = (one: unknown) =>
          JSON.stringify(one).replaceAll(/\\ud[89a-f][\da-f]{2}/g, '\uFFFD');
        expect(well(JSON.parse(text))).toBe(well(value));
      }),
    );
  });
});

describe('escapePath', () => {
  it('gives different paths different names', () => {
    const path = fc.array(
      fc.string({ minLength: 1, maxLength: 5 }).filter((part) => !/[/\0]/.test(part)),
      { minLength: 1, maxLength: 3 },
    );
    fc.assert(
      fc.property(path, path, (one, other) => {
        const [a, b] = [`/${one.join('/')}`, `/${other.join('/')}`];
        expect(escapePath(a) === escapePath(b)).toBe(a === b);
        expect(escapePath(a)).toMatch(/^[\w:.\\-]+$/);
      }),
    );
  });
});

describe('values of variables', () => {
  const document =
    'variant: fcos\nversion: 1.7.0\npasswd:\n  users:\n    - name: core\n      gecos: !var v\n';
  const expand = (v: string) =>
    expandContext({ set: new Map([['v', v]]), env: {}, project: '/', configFile: 'lockstep.yaml' });

  it('become one text, and never YAML', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (v) => {
        const built = await buildButane([{ file: 'x', text: document }], { expand: expand(v) });
        const text = built.document && documentText(built.document);
        expect(JSON.parse(text ?? '{}')).toEqual({
          ignition: { version: '3.6.0' },
          passwd: { users: [{ name: 'core', gecos: v }] },
        });
      }),
    );
  });

  it.each([
    'null',
    '~',
    'yes',
    '{a: 1}',
    '- x',
    '*a',
    '!!binary eA==',
    '0644',
    '# c',
    '\n---\n',
    '"',
  ])('as text even when it looks like YAML: %j', async (v) => {
    const built = await buildButane([{ file: 'x', text: document }], { expand: expand(v) });

    expect(built.document?.value.passwd).toEqual({ users: [{ name: 'core', gecos: v }] });
  });
});
