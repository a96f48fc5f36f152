import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { aToken, startSigstore } from '../../trust/testing/sigstore.ts';
import { aStream } from '../testing/inputs.ts';
import { keylessOf } from './keyless.ts';
import { openTrust } from './trust.ts';

const identity = 'https://ci.example.org/.github/workflows/run.yml@refs/heads/main';
const issuer = 'https://token.example.org';
const CERTIFY = '/api/v2/signingCert';

describe(keylessOf, () => {
  it('has a key certified once for as long as that lasts, and then another', async () => {
    await using sigstore = await startSigstore();
    const { fulcio, rekor } = sigstore.services;
    const stream = aStream({ trust: { keyless: { token: 'env:TOKEN', fulcio, rekor } } });
    let time = Date.now();
    const env = { TOKEN: aToken({ sub: identity, iss: issuer }) };
    const open = keylessOf(stream, { env, project: '/', now: () => new Date(time) });

    const first = await open?.();
    expect(await open?.()).toBe(first);
    expect(sigstore.requests.get(CERTIFY)).toBe(1);
    time = (first?.until.getTime() ?? 0) - 60_000;
    expect(await open?.()).not.toBe(first);
    expect(sigstore.requests.get(CERTIFY)).toBe(2);
  });
});

describe(openTrust, () => {
  it('certifies nothing for a job that only looks, and refuses a root of trust that is none', async () => {
    await using sigstore = await startSigstore();
    await using folder = await temporaryFolder();
    await writeFile(join(folder.path, 'root.json'), '{}');
    const keyless = { token: 'env:TOKEN', ...sigstore.services, root: 'root.json' };
    const stream = aStream({ trust: { keyless } });
    const env = { TOKEN: aToken({ sub: identity, iss: issuer }) };
    const place = { env, project: folder.path, now: () => new Date() };

    expect(keylessOf(stream, place)).toBeDefined();
    expect(sigstore.requests.size).toBe(0);
    await expect(openTrust(stream, place)).rejects.toThrow('no trusted_root.json');
  });
});
