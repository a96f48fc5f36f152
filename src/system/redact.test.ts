import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from './redact.ts';

const letters = (alphabet: string, minLength: number) =>
  fc.string({ unit: fc.constantFrom(...alphabet.split('')), minLength, maxLength: 20 });
const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

const credential = fc.constantFrom(
  'password',
  'passwd',
  'token',
  'secret',
  'credential',
  'X-Registry-Token',
  'client_secret',
);
const secret = letters(`${LOWER}ABCDEFGHIJ._-`, 8).map((text) => `Q${text}Z`);
const before = fc.constantFrom('', 'cannot log in: ', 'GET https://host.example/a/b failed, ');

describe(redact, () => {
  it.each([
    ['https://me:secret@host/x', 'https://***@host/x'],
    ['https://me:p@ss@host/x', 'https://***@host/x'],
    ['Authorization: Bearer abc.def', 'Authorization: Bearer ***'],
    ['https://host/x?token=abc&y=1', 'https://host/x?token=***&y=1'],
    ['https://host/x?X-Amz-Signature=0af3&y=1', 'https://host/x?X-Amz-Signature=***&y=1'],
    ['{"access_token": "abc"}', '{"access_token": "***"}'],
    ['ssh://[me:secret@host/x', 'ssh://***@host/x'],
    ['nothing to hide', 'nothing to hide'],
    ['ssh://[USER@]HOST/PATH', 'ssh://[USER@]HOST/PATH'],
    ['kmods-signature:latest', 'kmods-signature:latest'],
    ['me@host.example/token:abc', 'me@host.example/token:***'],
    ['https://host.example/token:abc', 'https://host.example/token:***'],
  ])('makes of %s', (text, masked) => {
    expect(redact(text)).toBe(masked);
  });

  it('lets no value of a credential through, however it is written', () => {
    const written = fc
      .tuple(before, credential, secret)
      .chain(([front, name, value]) =>
        fc
          .constantFrom(
            `${name}=${value}`,
            `${name}: ${value}`,
            `${name}:${value}`,
            `https://host.example/x?a=b&${name}=${value}&c=d`,
            `{"${name}":"${value}"}`,
            `{ '${name}': '${value}' }`,
            `https://me:${value}@host.example/v2/`,
            `https://${value}@host.example:5000/v2/`,
            `Authorization: Basic ${value}`,
            `authorization: bearer ${value}, and more`,
          )
          .map((text) => ({ text: front + text, value })),
      );
    fc.assert(
      fc.property(written, ({ text, value }) => {
        expect(redact(text)).not.toContain(value);
      }),
    );
  });

  it('leaves references as they are, whatever their repositories are called', () => {
    const host = fc.constantFrom(
      '127.0.0.1:5000',
      'ghcr.io',
      'localhost:80',
      'oci:store',
      'oci:./a',
    );
    const part = letters(LOWER, 1);
    const name = fc
      .tuple(
        fc.array(part, { maxLength: 2 }),
        part,
        credential.map((one) => one.toLowerCase()),
      )
      .map(([folders, front, word]) => [...folders, `${front}-${word}`].join('/'));
    const said = fc.constantFrom(
      (reference: string) => reference,
      (reference: string) => `cannot read ${reference}: no such tag`,
      (reference: string) => `"${reference}" (see docker://${reference}).`,
    );
    fc.assert(
      fc.property(host, name, letters(LOWER, 1), said, (at, repository, tag, sentence) => {
        const text = sentence(`${at}/${repository}:${tag}`);
        expect(redact(text)).toBe(text);
      }),
    );
  });
});
