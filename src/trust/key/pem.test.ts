import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readPem, writePem } from './pem.ts';

const block = writePem('PUBLIC KEY', Buffer.from('content'));

describe('readPem', () => {
  it('reads what was written, with what stands around it left out', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const text = `# a note\n${writePem('PUBLIC KEY', bytes)}${block.replaceAll('\n', '\r\n')}`;
        const labels = readPem(text).map(({ label }) => label);
        expect(labels).toEqual(['PUBLIC KEY', 'PUBLIC KEY']);
        expect(readPem(text)[0]?.bytes).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it.each([
    ['whose first mark does not begin a line', `x${block}`],
    ['whose last mark does not begin a line', block.replace('\n-----END', '-----END')],
    ['whose last mark does not end a line', block.replace(/\n$/, 'x\n')],
    ['with something else in it', block.replace('Y29', 'Y2*')],
    ['with a space that only Unicode knows', block.replace('Y29', 'Y2\ufeff9')],
    ['whose last line only Unicode ends', block.replace(/\n$/, '\u2028x')],
    ['that ends as another', block.replace('END PUBLIC', 'END PRIVATE')],
  ])('leaves out a block %s', (_, text) => {
    expect(text).not.toBe(block);
    expect(readPem(text)).toEqual([]);
  });
});
