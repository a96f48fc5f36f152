import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { checksumOf, flistPublicKey, flistSigningKey, isSignedBy, signFlist } from './signature.ts';

const PRIVATE = { type: 'pkcs8', format: 'pem' } as const;
const PUBLIC = { type: 'spki', format: 'pem' } as const;
const MANIFEST = Buffer.from('a manifest of a flist');

function aPair() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return {
    secret: privateKey.export(PRIVATE).toString(),
    open: publicKey.export(PUBLIC).toString(),
  };
}

test('what is signed is accepted by openssl and sha256sum, and nothing else is', async () => {
  await using work = await temporaryFolder();
  const { secret, open } = aPair();
  const put = (name: string, content: string | Uint8Array) =>
    writeFileSync(join(work.path, name), content);
  put('a.fl', MANIFEST);
  put('a.fl.sha256', checksumOf(digestOf(MANIFEST), 'a.fl'));
  put('a.fl.sig', signFlist(MANIFEST, flistSigningKey(secret)));
  put('open.pem', open);
  const run = (program: string, ...args: string[]) =>
    execFileSync(program, args, { cwd: work.path, stdio: 'pipe' }).toString();
  expect(run('sha256sum', '-c', 'a.fl.sha256')).toBe('a.fl: OK\n');
  const check = [
    'pkeyutl',
    '-verify',
    '-pubin',
    '-inkey',
    'open.pem',
    '-rawin',
    '-in',
    'a.fl',
    '-sigfile',
    'a.fl.sig',
  ];
  expect(run('openssl', ...check)).toContain('Verified Successfully');
  put('a.fl', Buffer.concat([MANIFEST, MANIFEST]));
  expect(() => run('openssl', ...check)).toThrow();
});

test('a signature by another key, of another file or cut is refused', () => {
  const { secret, open } = aPair();
  const signature = signFlist(MANIFEST, flistSigningKey(secret));
  const key = flistPublicKey(open);
  expect(isSignedBy(MANIFEST, signature, key)).toBe(true);
  expect(isSignedBy(MANIFEST, signature, flistPublicKey(aPair().open))).toBe(false);
  expect(isSignedBy(Buffer.from('another'), signature, key)).toBe(false);
  expect(isSignedBy(MANIFEST, signature.subarray(1), key)).toBe(false);
});

test('a key that is none says how to make one, and not what it is', () => {
  const secret = 'hunter2';
  expect(() => flistSigningKey(secret)).toThrow(/no private key/);
  expect(() => flistSigningKey(secret)).not.toThrow(/hunter2/);
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    .publicKey.export(PUBLIC)
    .toString();
  expect(() => flistPublicKey(rsa)).toThrow(/rsa, not Ed25519/);
});
