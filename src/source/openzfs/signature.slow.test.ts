import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { aSigner, type Signer } from '../testing/github-release.ts';
import { checkSignature, RELEASE_KEYS } from './signature.ts';

const CONTENT = Buffer.alloc(100_000, 'source ');
let folder: TemporaryFolder;
let signer: Signer;
let other: Signer;
let file: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  [signer, other] = await Promise.all([aSigner(), aSigner()]);
  file = join(folder.path, 'content');
  await writeFile(file, CONTENT);
});
afterAll(async () => {
  await Promise.all([signer, other, folder].map((one) => one[Symbol.asyncDispose]()));
});

function check(bytes: Uint8Array, over: { subject?: string; keyring?: string } = {}) {
  const options = { keyring: over.keyring ?? signer.keyring, env: process.env };
  return checkSignature({ name: 'x.asc', bytes }, over.subject, options);
}

describe(checkSignature, () => {
  it('names the key of a good detached signature', async () => {
    const signature = await signer.detached(CONTENT);

    const { signedBy } = await check(signature, { subject: file });

    expect(signedBy).toBe(signer.fingerprint);
  });

  it('gives of a clear-signed text what is signed, and not what stands around it', async () => {
    const signed = (await signer.clear('abc  x.tar.gz\n')).toString();

    const { text } = await check(Buffer.from(`evil  x.tar.gz\n${signed}more  x.tar.gz\n`));

    expect(text).toBe('abc  x.tar.gz\n');
  });

  it('takes keys in binary form, and one of several in armour', async () => {
    const signature = await signer.detached(CONTENT);
    const binary = join(folder.path, 'keys.gpg');
    const several = join(folder.path, 'several.asc');
    await runOk('gpg', ['--batch', '--yes', '--output', binary, '--dearmor', signer.keyring]);
    const armored = [other.keyring, signer.keyring].map((path) => readFile(path, 'utf8'));
    await writeFile(several, `Comment\n${(await Promise.all(armored)).join('\r\n')}`);

    for (const keyring of [binary, several]) {
      expect(await check(signature, { subject: file, keyring })).toMatchObject({
        signedBy: signer.fingerprint,
      });
    }
  });

  it.each([
    ['of other content', () => signer.detached(Buffer.from('other'))],
    ['by another key', () => other.detached(CONTENT)],
    ['that encloses the text instead', () => signer.clear('x')],
    ['that is none', async () => Buffer.from('<html>not found</html>')],
    ['that is empty', async () => Buffer.alloc(0)],
    ['cut short', async () => (await signer.detached(CONTENT)).subarray(0, 120)],
  ])('refuses a detached signature %s', async (_, make) => {
    await expect(check(await make(), { subject: file })).rejects.toMatchObject({
      code: 'not-allowed',
      message: expect.stringContaining('x.asc is not good'),
    });
  });

  it('refuses a text that was changed, one by another key, and one without a signature', async () => {
    const signed = (await signer.clear('abc  x\n')).toString();
    const texts = [signed.replace('abc', 'abd'), await other.clear('abc  x\n'), 'abc  x\n'];

    for (const text of texts) {
      await expect(check(Buffer.from(text))).rejects.toMatchObject({ code: 'not-allowed' });
    }
  });

  it('refuses everything when there is no key, and says when the keyring cannot be read', async () => {
    const signature = await signer.detached(CONTENT);
    const empty = join(folder.path, 'empty');
    await writeFile(empty, '');

    await expect(check(signature, { subject: file, keyring: empty })).rejects.toMatchObject({
      code: 'not-allowed',
    });
    await expect(check(signature, { subject: file, keyring: '/nowhere' })).rejects.toMatchObject({
      code: 'config',
    });
  });

  it('refuses a key that has been revoked', async () => {
    const home = join(folder.path, 'revoked');
    await runOk('mkdir', ['-m', '700', home]);
    const gpg = (...args: string[]) =>
      runOk('gpg', ['--homedir', home, '--batch', '--yes', '--quiet', ...args]);
    await gpg('--passphrase', '', '--quick-gen-key', 'Gone', 'ed25519', 'sign', 'never');
    await gpg('--armor', '--output', join(home, 'x.asc'), '--detach-sign', file);
    const [revocation = ''] = (await runOk('ls', [join(home, 'openpgp-revocs.d')])).stdout.split(
      '\n',
    );
    const path = join(home, 'openpgp-revocs.d', revocation);
    await writeFile(path, (await readFile(path, 'utf8')).replace(/^:-----BEGIN/m, '-----BEGIN'));
    await gpg('--import', path);
    await gpg('--armor', '--output', join(home, 'key.asc'), '--export');
    await runOk('gpgconf', ['--homedir', home, '--kill', 'all']);

    const signature = await readFile(join(home, 'x.asc'));
    const keyring = join(home, 'key.asc');
    await expect(check(signature, { subject: file, keyring })).rejects.toMatchObject({
      code: 'not-allowed',
    });
  });
});

describe('the keys that come with lockstep', () => {
  it('are those whose fingerprints OpenZFS publishes', async () => {
    const { stdout } = await runOk('gpg', ['--with-colons', '--show-keys', RELEASE_KEYS], {
      env: { ...process.env, GNUPGHOME: folder.path },
    });
    const primary = [...stdout.matchAll(/^pub:([^:]*):.*\nfpr:+([0-9A-F]{40}):/gm)];

    expect(primary.map(([, validity, print]) => [validity, print])).toEqual([
      ['-', '4F3BA9AB6D1F8D683DC2DFB56AD860EED4598027'],
    ]);
  });

  it('can be read by gpgv', async () => {
    const signature = await signer.detached(CONTENT);

    await expect(check(signature, { subject: file, keyring: RELEASE_KEYS })).rejects.toThrow(
      /No public key/,
    );
  });
});
