import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { findCredentials } from './credentials.ts';

const auth = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

/** A home with these files. */
async function home(files: Record<string, object | string>) {
  const folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder.path, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    if (typeof content === 'string') await chmod(path, 0o755);
  }
  return folder;
}

describe('findCredentials', () => {
  it('takes the entry that fits best, from the file that decides first', async () => {
    await using folder = await home({
      '.config/containers/auth.json': {
        auths: { 'quay.io': auth('host:1'), 'quay.io/owner': auth('owner:2:3') },
      },
      '.docker/config.json': { auths: { 'quay.io': auth('docker:4'), 'docker.io': auth('d:5') } },
    });
    const env = { HOME: folder.path };

    expect(await findCredentials('quay.io', 'owner/name', env)).toEqual({
      username: 'owner',
      password: '2:3',
    });
    expect(await findCredentials('quay.io', 'other/name', env)).toMatchObject({ username: 'host' });
    expect(await findCredentials('docker.io', 'library/debian', env)).toMatchObject({
      username: 'd',
    });
    expect(await findCredentials('ghcr.io', 'a/b', env)).toBeUndefined();
  });

  it('looks nowhere else when REGISTRY_AUTH_FILE is set', async () => {
    await using folder = await home({
      'mine.json': { auths: { 'https://index.docker.io/v1/': auth('mine:1') } },
      '.docker/config.json': { auths: { 'quay.io': auth('docker:4') } },
    });
    const env = { HOME: folder.path, REGISTRY_AUTH_FILE: join(folder.path, 'mine.json') };

    expect(await findCredentials('quay.io', 'a', env)).toBeUndefined();
    expect(await findCredentials('docker.io', 'library/a', env)).toMatchObject({
      username: 'mine',
    });
  });

  it('asks a credential helper', async () => {
    await using folder = await home({
      'bin/docker-credential-test':
        '#!/bin/sh\nread -r host\n[ "$1 $host" = "get quay.io" ] && echo \'{"Username":"<token>","Secret":"refresh"}\'\n',
      '.docker/config.json': { credHelpers: { 'quay.io': 'test', 'ghcr.io': 'absent' } },
    });
    const env = { HOME: folder.path, PATH: `${folder.path}/bin:/usr/bin:/bin` };

    expect(await findCredentials('quay.io', 'a', env)).toMatchObject({ identityToken: 'refresh' });
    await expect(findCredentials('ghcr.io', 'a', env)).rejects.toMatchObject({
      code: 'program-missing',
    });
  });

  it('gives the token of GitHub to the registry of GitHub alone', async () => {
    const env = { HOME: '/nonexistent', GITHUB_TOKEN: 'ghs', GITHUB_ACTOR: 'ann' };
    const own = { ...env, GITHUB_SERVER_URL: 'https://github.example.org' };

    const found = await findCredentials('ghcr.io', 'a', env);

    expect(found).toEqual({ username: 'ann', password: 'ghs', mayGoTo: expect.any(Function) });
    expect(['ghcr.io', 'github.com', 'evil.example'].map((host) => found?.mayGoTo?.(host))).toEqual(
      [true, true, false],
    );
    expect(await findCredentials('quay.io', 'a', env)).toBeUndefined();
    expect(await findCredentials('ghcr.io.example.org', 'a', env)).toBeUndefined();
    expect(await findCredentials('ghcr.io', 'a', own)).toBeUndefined();
    expect(await findCredentials('containers.github.example.org', 'a', own)).toBeDefined();
  });

  it('names a file that it cannot read', async () => {
    await using folder = await home({ '.docker/config.json': { auths: 7 } });

    await expect(findCredentials('quay.io', 'a', { HOME: folder.path })).rejects.toMatchObject({
      code: 'config',
    });
  });
});
