import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { keysIn, releaseKeys } from './keyring.ts';

describe('keysIn', () => {
  it('agrees with gpg of a key that expires, of one that does not, and of one that was revoked', async () => {
    await using folder = await temporaryFolder();
    const gpg = (...args: string[]) =>
      runOk('gpg', ['--batch', '--homedir', folder.path, '--passphrase', '', ...args]);
    const made = async (name: string, expires: string) => {
      await gpg('--quick-generate-key', name, 'ed25519', 'sign', expires);
      const { stdout } = await gpg('--list-keys', '--with-colons', name);
      const [, , , , , , ends = ''] = /^pub:.*$/m.exec(stdout)?.[0].split(':') ?? [];
      return { fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? '', ends };
    };
    const [lasting, ending, revoked] = [
      await made('lasting', 'never'),
      await made('ending', '2030-01-01'),
      await made('revoked', 'never'),
    ];
    const certificate = join(folder.path, 'openpgp-revocs.d', `${revoked.fingerprint}.rev`);
    const revoke = (await readFile(certificate, 'utf8')).replace(/^:(?=-----)/m, '');
    await runOk('gpg', ['--batch', '--homedir', folder.path, '--import'], { stdin: revoke });
    await gpg('--output', join(folder.path, 'all'), '--export');

    const keys = keysIn(await readFile(join(folder.path, 'all')));
    await run('gpgconf', ['--homedir', folder.path, '--kill', 'all']);

    expect(keys).toEqual([
      { fingerprint: lasting.fingerprint, revoked: false },
      {
        fingerprint: ending.fingerprint,
        revoked: false,
        expires: new Date(Number(ending.ends) * 1000),
      },
      { fingerprint: revoked.fingerprint, revoked: true },
    ]);
  });

  it('reads the keys of OpenZFS, and ends at damage', async () => {
    expect(await releaseKeys()).toEqual([
      { fingerprint: '4F3BA9AB6D1F8D683DC2DFB56AD860EED4598027', revoked: false },
    ]);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => Array.isArray(keysIn(bytes))),
    );
  });
});
