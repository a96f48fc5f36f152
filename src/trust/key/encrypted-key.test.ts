import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decryptKey, encryptKey } from './encrypted-key.ts';
import { readPem, writePem } from './pem.ts';

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const sealed = await encryptKey(privateKey, 'a password');

/** The key file with something in its content changed. */
function changed(edit: (box: KeyBox) => void, label = 'ENCRYPTED SIGSTORE PRIVATE KEY'): string {
  const [block] = readPem(sealed);
  const box = JSON.parse(block?.bytes.toString() ?? '') as KeyBox;
  edit(box);
  return writePem(label, Buffer.from(JSON.stringify(box)));
}

interface KeyBox {
  kdf: { name: string; params: { N: number; r: number; p: number } };
  cipher: { name: string; nonce: string };
  ciphertext: string;
}

describe('decryptKey', () => {
  it.each(['SIGSTORE', 'COSIGN'])('opens a block named %s', async (name) => {
    const file = changed(() => {}, `ENCRYPTED ${name} PRIVATE KEY`);

    expect((await decryptKey(file, 'a password')).equals(privateKey)).toBe(true);
  });

  it('refuses another password, and shows neither', async () => {
    await expect(decryptKey(sealed, 'another')).rejects.toThrow(
      /^the password does not open the signing key$/,
    );
  });

  it.each<[string, string, (box: KeyBox) => void]>([
    ['a cost below', 'kdf.params.N', (box) => (box.kdf.params.N = 16_384)],
    ['a cost above', 'kdf.params.N', (box) => (box.kdf.params.N = 1 << 30)],
    ['another r', 'kdf.params.r', (box) => (box.kdf.params.r = 1)],
    ['another kind of key derivation', 'kdf.name', (box) => (box.kdf.name = 'argon2')],
    ['another cipher', 'cipher.name', (box) => (box.cipher.name = 'aes')],
    ['a short nonce', 'nonce', (box) => (box.cipher.nonce = 'AAAA')],
    ['what is no base64', 'ciphertext', (box) => (box.ciphertext = '?')],
  ])('refuses %s', async (_, where, edit) => {
    await expect(decryptKey(changed(edit), 'a password')).rejects.toThrow(where);
  });

  it('notices a changed byte of what is encrypted', async () => {
    const file = changed((box) => {
      const bytes = Buffer.from(box.ciphertext, 'base64');
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      box.ciphertext = bytes.toString('base64');
    });

    await expect(decryptKey(file, 'a password')).rejects.toThrow('does not open');
  });

  it('refuses a key that is not encrypted, and does not show it', async () => {
    const open = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

    const failure = await decryptKey(open, '').catch((error: unknown) => String(error));
    expect(failure).toContain('ENCRYPTED SIGSTORE PRIVATE KEY');
    expect(failure).not.toContain(open.split('\n')[1]);
  });
});
