import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, digestOf, digestOfJson, digestOfStream, isDigest } from './digest.ts';

describe('digestOfStream', () => {
  it('is that of the whole, however it is split', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array()), async (parts) => {
        async function* stream() {
          yield* parts;
        }
        const whole = Buffer.concat(parts);

        expect(await digestOfStream(stream())).toEqual({
          digest: digestOf(whole),
          size: whole.length,
        });
      }),
    );
  });
});

describe('canonicalJson', () => {
  it('reads back as the same value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of keys', () => {
    expect(digestOfJson({ a: 1, b: [{ c: 2, d: 3 }] })).toBe(
      digestOfJson({ b: [{ d: 3, c: 2 }], a: 1 }),
    );
  });
});

describe('isDigest', () => {
  it.each(['sha256:abc', `sha256:${'A'.repeat(64)}`, `sha512:${'a'.repeat(64)}`, ''])(
    'refuses %j',
    (text) => {
      expect(isDigest(text)).toBe(false);
    },
  );
});
