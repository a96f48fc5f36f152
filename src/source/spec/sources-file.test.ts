import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Checksum, isStrong, readSourcesFile } from './sources-file.ts';

const aChecksum: fc.Arbitrary<Checksum> = fc
  .constantFrom<[string, number][]>(
    ['md5', 32],
    ['sha1', 40],
    ['sha256', 64],
    ['sha384', 96],
    ['sha512', 128],
  )
  .chain(([algorithm, digits]) =>
    fc
      .uint8Array({ minLength: digits / 2, maxLength: digits / 2 })
      .map((bytes) => ({ algorithm, hex: Buffer.from(bytes).toString('hex') })),
  );
const aName = fc.stringMatching(/^[\w.+~^-]+$/);
const entries = fc.dictionary(aName, aChecksum, { maxKeys: 6 });

const tagged = (name: string, { algorithm, hex }: Checksum) =>
  `${algorithm.toUpperCase()} (${name}) = ${hex}`;
const plain = (name: string, { hex }: Checksum) => `${hex}  ${name}`;

describe(readSourcesFile, () => {
  it('reads what sha512sum writes, with --tag and without, whatever ends its lines', () => {
    fc.assert(
      fc.property(
        entries,
        fc.constantFrom(tagged, plain),
        fc.constantFrom('\n', '\r\n', '\n\n'),
        (wanted, write, end) => {
          const text = Object.entries(wanted).map(([name, one]) => write(name, one) + end);

          expect(Object.fromEntries(readSourcesFile(text.join('')))).toEqual({ ...wanted });
        },
      ),
    );
  });

  it('gives checksums or an error for any text', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          for (const { hex } of readSourcesFile(text).values()) expect(hex).toMatch(/^[0-9a-f]+$/);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-content' });
        }
      }),
    );
  });

  it.each([
    ['a checksum cut short', `SHA512 (x) = ${'a'.repeat(127)}`],
    ['an algorithm that it is not of', `SHA256 (x) = ${'a'.repeat(128)}`],
    ['one that nobody knows', `CRC (x) = ${'a'.repeat(64)}`],
    ['two of one file', `${'a'.repeat(64)}  x\n${'b'.repeat(64)}  x`],
    ['words', '<html>'],
  ])('refuses %s, naming the line', (_, text) => {
    const last = text.split('\n').length;

    expect(() => readSourcesFile(text)).toThrow(`line ${last} of the file sources`);
  });
});

describe(isStrong, () => {
  it('takes no algorithm for which other files can be made', () => {
    const strong = ['md5', 'sha1', 'sha256', 'sha384', 'sha512'].filter((algorithm) =>
      isStrong({ algorithm, hex: '' }),
    );

    expect(strong).toEqual(['sha256', 'sha384', 'sha512']);
  });
});
