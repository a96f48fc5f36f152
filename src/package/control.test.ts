import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesOf, parseControl, wordsOf } from './control.ts';

describe(parseControl, () => {
  it('reads fields whatever their case and keeps the lines of long ones', () => {
    const text = 'Package: a\nFILES:\n 1 x\n 2 y\n# remark\nSize: 3\n\n\nPackage: b\n';

    const stanzas = parseControl(text);

    expect(stanzas).toHaveLength(2);
    expect(stanzas[0]).toEqual({ package: 'a', files: '\n1 x\n2 y', size: '3' });
    expect(linesOf(stanzas[0]?.files)).toEqual(['1 x', '2 y']);
  });

  it('reads what stands inside a clear-signed file', () => {
    const text =
      '-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nSource: z\n- -x: 1\n\n' +
      '-----BEGIN PGP SIGNATURE-----\n\niQ==\n-----END PGP SIGNATURE-----\n';

    expect(parseControl(text)).toEqual([{ source: 'z', '-x': '1' }]);
  });

  it('keeps fields that are called like members of objects apart', () => {
    const [stanza] = parseControl('__proto__: x\nconstructor: y\n');

    expect(Object.keys(stanza ?? {})).toEqual(['__proto__', 'constructor']);
  });

  it('never fails, whatever it reads', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), (text) => {
        for (const stanza of parseControl(text)) expect(Object.keys(stanza)).not.toHaveLength(0);
      }),
    );
  });
});

describe(wordsOf, () => {
  it('gives no words for an absent field', () => {
    expect(wordsOf(undefined)).toEqual([]);
  });
});
