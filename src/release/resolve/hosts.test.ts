import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Stream } from '../../config/schema.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { aStream } from '../testing/inputs.ts';
import { followHosts } from './hosts.ts';

const main = { image: 'debian-acpi', kmods: 'kmods-acpi' };
const publish = { ...aStream().publish, registry: 'registry.example/me/', image: 'debian-acpi-br' };

function withTrust(trust: Partial<Stream['trust']>): Stream {
  return aStream({ publish, trust: { key: 'env:KEY', hosts: true, ...trust } });
}

describe(followHosts, () => {
  it('pins public keys, whatever they are kept in, and the names of main', async () => {
    await using project = await temporaryFolder();
    const [one, two] = await Promise.all([makeKeyPair('x'), makeKeyPair('x')]);
    await writeFile(join(project.path, 'old.pub'), `${one.publicKey.pem}\n\n`);
    const places = ['old.pub', 'env:NEW', 'env:AGAIN'];
    const env = { NEW: two.publicKey.pem, AGAIN: one.publicKey.pem.trim() };
    const stream = withTrust({ public: places, as: ['mirror.example/os'], hosts: 'enforce' });

    const hosts = await followHosts({ stream, main, env, project: project.path });

    expect(hosts).toEqual({
      name: 'debian-acpi',
      scopes: ['registry.example/me/debian-acpi', 'mirror.example/os'],
      keys: [one.publicKey.pem, two.publicKey.pem],
      enforce: true,
    });
  });

  it('refuses a key that is not there, and a private one without showing it', async () => {
    const { keyFile } = await makeKeyPair('x');
    const asked = { main, env: { PRIVATE: keyFile }, project: '/nowhere' };
    const privateKey = withTrust({ public: 'env:PRIVATE' });

    await expect(followHosts({ ...asked, stream: withTrust({ public: 'a.pub' }) })).rejects.toThrow(
      /read from a\.pub: there is no such file/,
    );
    await expect(followHosts({ ...asked, stream: privateKey })).rejects.toThrow(
      /env:PRIVATE is no public key: it is a ENCRYPTED SIGSTORE PRIVATE KEY/,
    );
  });

  it('tells nothing without trust.hosts', async () => {
    const asked = { main, env: {}, project: '/nowhere' };
    const { trust: _, ...untrusted } = withTrust({});

    expect(await followHosts({ ...asked, stream: untrusted })).toBeUndefined();
    const silent = aStream({ publish, trust: { key: 'env:KEY' } });
    expect(await followHosts({ ...asked, stream: silent })).toBeUndefined();
  });
});
