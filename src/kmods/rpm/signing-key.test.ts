import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aCertificate } from '../../kernel/testing/signature-builder.ts';
import { exitCodeOf } from '../../system/error.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { certificatePath, placedKey, signingKey } from './signing-key.ts';

const keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ed25519 = generateKeyPairSync('ed25519');
const certificate = aCertificate(keys, { name: 'owner of machines' });
const asPem = (der: Uint8Array, what: string) =>
  `-----BEGIN ${what}-----\n${Buffer.from(der).toString('base64')}\n-----END ${what}-----\n`;
const key = keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const env = {
  KEY: key,
  CERTIFICATE: asPem(certificate, 'CERTIFICATE'),
  BOTH: key + asPem(certificate, 'CERTIFICATE'),
  OTHER: generateKeyPairSync('rsa', { modulusLength: 2048 })
    .privateKey.export({ type: 'pkcs8', format: 'pem' })
    .toString(),
  ED25519: ed25519.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  ENCRYPTED: keys.privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'open' })
    .toString(),
  PASSPHRASE: 'open\n',
  WRONG: 'shut',
  BYTE: 'x',
  EMPTY: '',
  DAMAGED: key.replace(/\n.{20}/, '\n'),
};
const source = { env, folder: '/' };

describe('signingKey', () => {
  it.each([
    ['key and certificate', { key: 'env:KEY', certificate: 'env:CERTIFICATE' }],
    ['both in one', { key: 'env:BOTH' }],
    [
      'an encrypted key with its passphrase',
      { key: 'env:ENCRYPTED', certificate: 'env:CERTIFICATE', passphrase: 'env:PASSPHRASE' },
    ],
  ])('reads %s', async (_, places) => {
    const signing = await signingKey(source, places);

    expect(signing.name).toBe('owner of machines');
    expect(Buffer.from(signing.certificate)).toEqual(certificate);
    expect(signing.pem().key).toBe(key);
  });

  it.each([
    ['one byte', { key: 'env:BYTE', certificate: 'env:CERTIFICATE' }, '1 bytes that are no PEM'],
    ['nothing', { key: 'env:EMPTY', certificate: 'env:CERTIFICATE' }, 'is empty'],
    ['no such variable', { key: 'env:ABSENT' }, 'ABSENT is not set'],
    ['no such file', { key: '/nowhere/key.pem' }, 'cannot be read'],
    ['a certificate for a key', { key: 'env:CERTIFICATE' }, 'it holds a certificate'],
    ['a damaged key', { key: 'env:DAMAGED', certificate: 'env:CERTIFICATE' }, 'is damaged'],
    [
      'an encrypted key alone',
      { key: 'env:ENCRYPTED', certificate: 'env:CERTIFICATE' },
      'no passphrase',
    ],
    [
      'a wrong passphrase',
      { key: 'env:ENCRYPTED', certificate: 'env:CERTIFICATE', passphrase: 'env:WRONG' },
      'passphrase is wrong',
    ],
    ['another key', { key: 'env:OTHER', certificate: 'env:CERTIFICATE' }, 'does not belong'],
    ['no certificate', { key: 'env:KEY' }, 'no certificate in env:KEY'],
    [
      'a key that kernels do not know',
      { key: 'env:ED25519', certificate: 'env:CERTIFICATE' },
      'ed25519',
    ],
  ])('refuses %s with exit status 2 and never shows it', async (_, places, said) => {
    const error: unknown = await signingKey(source, places).catch((reason: unknown) => reason);

    expect(error).toBeInstanceOf(Error);
    expect(exitCodeOf(error)).toBe(2);
    expect(String(error)).toContain(said);
    expect(String(error)).not.toContain(key.slice(40, 80));
  });

  it('reads files, DER certificates too', async () => {
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'key.pem'), key);
    await writeFile(join(folder.path, 'certificate.der'), certificate);

    const places = { key: 'key.pem', certificate: 'certificate.der' };

    expect((await signingKey({ env: {}, folder: folder.path }, places)).name).toBe(
      'owner of machines',
    );
  });
});

describe('certificatePath', () => {
  it.each([
    ['lockstep', 'lockstep'],
    ['Key of ACME, Inc. / 2026', 'Key-of-ACME-Inc.-2026'],
    ['../../usr/bin/sh', 'usr-bin-sh'],
    ['…', 'modules'],
  ])('of %j stays in its folder', (name, file) => {
    expect(certificatePath(name)).toBe(`etc/pki/lockstep/${file}.der`);
  });
});

describe('placedKey', () => {
  it('lies where only this user reads it, and goes', async () => {
    const signing = await signingKey(source, { key: 'env:BOTH' });
    const folder = await placedKey(signing);
    const file = join(folder.path, 'key.pem');

    expect((await stat(folder.path)).mode & 0o777).toBe(0o700);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readFile(file, 'utf8')).toBe(key);
    await folder[Symbol.asyncDispose]();
    await expect(readdir(folder.path)).rejects.toThrow();
  });
});
