import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readRpm } from './rpm.ts';
import {
  numbersEntry,
  RPM_REGION,
  type RpmEntry,
  readRpmEntries,
  textEntry,
  textsEntry,
  writeRpmHeader,
} from './rpm-entries.ts';
import { readRpmHeader } from './rpm-header.ts';
import { readRpmParts } from './rpm-parts.ts';
import { isSignedRpm, rewriteRpm } from './rpm-rewrite.ts';
import { anRpm } from './testing/rpm-builder.ts';

const requires = { name: 'kernel-uname-r', version: '6.18.9' };
const rpm = anRpm({
  name: 'kmod-zfs',
  requires: ['zfs-kmod-common'],
  postInstall: 'uname -r',
  files: { '/lib/modules/6.18.9/extra/zfs.ko': 'module' },
});

/** The same package with further entries in its signature header. */
function withSigned(...entries: RpmEntry[]): Buffer {
  const { lead, signature, header, payload } = readRpmParts(rpm);
  const all = [...readRpmEntries(signature), ...entries];
  const written = writeRpmHeader(RPM_REGION.signature, all);
  return Buffer.concat([lead, written, Buffer.alloc(-written.length & 7), header, payload]);
}

describe('rewriteRpm', () => {
  it('adds a requirement and leaves everything else as it was', () => {
    const before = readRpm(rpm);

    const after = readRpm(rewriteRpm(rpm, { requires }));

    const added = { ...requires, relation: '=' };
    expect(after).toEqual({ ...before, requires: [...before.requires, added] });
    expect(readRpmParts(rewriteRpm(rpm, { requires })).payload).toEqual(readRpmParts(rpm).payload);
  });

  it('adds the first requirement of a package', () => {
    const { requires: found } = readRpm(rewriteRpm(anRpm(), { requires }));

    expect(found).toEqual([{ ...requires, relation: '=' }]);
  });

  it('changes scripts', () => {
    const script = (text: string) => text.replace('uname -r', 'depmod');

    expect(readRpm(rewriteRpm(rpm, { script })).scripts).toEqual(['depmod']);
  });

  it('gives the sizes and digests of the new header, and no signature', () => {
    const signed = withSigned(
      { ...textEntry(267, ''), type: 7, count: 4, bytes: Buffer.alloc(4) },
      textEntry(269, '0'.repeat(40)),
      { tag: 270, type: 5, count: 1, bytes: Buffer.alloc(8) },
      textEntry(273, '0'.repeat(64)),
      { tag: 1004, type: 7, count: 16, bytes: Buffer.alloc(16) },
      numbersEntry(1007, [4711]),
    );
    expect(isSignedRpm(signed)).toBe(true);

    const rewritten = rewriteRpm(signed, { requires });

    const { header, payload, signature } = readRpmParts(rewritten);
    const proof = readRpmHeader(signature);
    expect(isSignedRpm(rewritten)).toBe(false);
    expect(proof.text(269)).toBe(createHash('sha1').update(header).digest('hex'));
    expect(proof.text(273)).toBe(createHash('sha256').update(header).digest('hex'));
    expect(proof.numbers(1000)).toEqual([header.length + payload.length]);
    expect(proof.numbers(270)).toEqual([header.length + payload.length]);
    expect(proof.numbers(1007)).toEqual([4711]);
    const md5 = readRpmEntries(signature).find(({ tag }) => tag === 1004);
    expect(Buffer.from(md5?.bytes ?? []).toString('hex')).toBe(
      createHash('md5').update(header).update(payload).digest('hex'),
    );
  });

  it('refuses what is no package', () => {
    expect(() => rewriteRpm(Buffer.from('x'), { requires })).toThrow('not an RPM package');
    expect(() => rewriteRpm(rpm.subarray(0, 200), { requires })).toThrow('broken RPM header');
  });
});

const word = fc.stringMatching(/^[a-zA-Z0-9][\w.+~-]{0,12}$/);
const build = fc.record({
  name: word,
  version: word,
  requires: fc.array(
    fc.oneof(
      word,
      fc.tuple(word, word).map((pair) => pair.join(' = ')),
    ),
  ),
  provides: fc.array(word),
  postInstall: fc.string(),
  files: fc.dictionary(
    word.map((name) => `/usr/lib/${name}`),
    fc.uint8Array(),
    { maxKeys: 4 },
  ),
});

describe('rewriteRpm of any package', () => {
  it('changes what it was told to, and is the same when told nothing', () => {
    fc.assert(
      fc.property(build, (made) => {
        const bytes = anRpm(made);
        const { requires: had, ...rest } = readRpm(bytes);

        const rewritten = rewriteRpm(bytes, { requires });

        expect(readRpm(rewritten)).toEqual({
          ...rest,
          requires: [...had, { ...requires, relation: '=' }],
        });
        expect(readRpmParts(rewritten).payload).toEqual(readRpmParts(bytes).payload);
        expect(rewriteRpm(rewritten, {})).toEqual(rewritten);
        expect(readRpmParts(rewriteRpm(bytes, {})).header).toEqual(readRpmParts(bytes).header);
      }),
    );
  });

  it('refuses what is damaged or cut short, and fails in no other way', () => {
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    fc.assert(
      fc.property(build, damage, fc.nat(), (made, spots, cut) => {
        const bytes = anRpm(made);
        for (const [place, value] of spots) bytes[place % bytes.length] = value;
        try {
          rewriteRpm(bytes.subarray(0, bytes.length - (cut % 64)), { requires });
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-content' });
        }
      }),
    );
  });
});

const texts = fc.array(fc.stringMatching(/^[\x20-\x7e]{0,12}$/), { minLength: 1, maxLength: 5 });
const entry = fc.oneof(
  texts.map(([text = '']) => textEntry(0, text)),
  texts.map((some) => textsEntry(0, some)),
  fc.array(fc.nat(), { minLength: 1, maxLength: 5 }).map((some) => numbersEntry(0, some)),
  fc
    .tuple(
      fc.constantFrom([1, 1], [2, 1], [3, 2], [5, 8], [7, 1]),
      fc.uint8Array({ minLength: 1, maxLength: 9 }),
    )
    .map(([[type = 7, width = 1], bytes]) => {
      const whole = Buffer.concat(Array.from({ length: width }, () => bytes));
      return { tag: 0, type, count: bytes.length, bytes: whole };
    }),
);
const entries = fc
  .uniqueArray(fc.integer({ min: 100, max: 6000 }), { maxLength: 12 })
  .chain((tags) => fc.tuple(...tags.map((tag) => entry.map((one) => ({ ...one, tag })))));

describe('readRpmEntries', () => {
  it('reads what was written, in the order of the tags', () => {
    fc.assert(
      fc.property(entries, (some) => {
        const read = readRpmEntries(writeRpmHeader(RPM_REGION.header, some));
        const plain = (one: RpmEntry) => ({
          ...one,
          bytes: Buffer.from(one.bytes).toString('hex'),
        });
        const sorted = some.toSorted((a, b) => a.tag - b.tag);
        expect(read.map(plain)).toEqual(sorted.map(plain));
      }),
    );
  });

  it('refuses entries that lie over each other, before they are many', () => {
    const bytes = writeRpmHeader(RPM_REGION.header, [
      textEntry(1000, 'x'.repeat(1000)),
      ...Array.from({ length: 1000 }, (_, at) => textEntry(2000 + at, 'y')),
    ]);
    for (let at = 16; at < 16 + 16 * 1002; at += 16) {
      if (bytes.readInt32BE(at) >= 2000) bytes.writeInt32BE(0, at + 8);
    }

    expect(() => readRpmEntries(bytes)).toThrow('broken RPM header');
  });

  it('reads or refuses damaged headers, and nothing else', () => {
    const at = fc.tuple(fc.nat(), fc.nat({ max: 255 }));
    fc.assert(
      fc.property(entries, fc.array(at, { maxLength: 4 }), (some, damage) => {
        const bytes = writeRpmHeader(RPM_REGION.header, some);
        for (const [place, value] of damage) bytes[place % bytes.length] = value;
        try {
          readRpmEntries(bytes);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-content' });
        }
      }),
    );
  });
});
