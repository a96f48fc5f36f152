import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ArtifactLayer } from '../../oci/artifact.ts';
import { memoryRepository } from '../../oci/memory.ts';
import { isBundleType } from '../bundle/bundle.ts';
import { sealBy, unverifiedContent } from '../dsse/seals.ts';
import { attestImage } from '../sign/attest-image.ts';
import { signImage } from '../sign/sign-image.ts';
import { readSignatures } from '../signature/image.ts';
import { aSigner } from '../testing/keys.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { aToken, type Sigstore, startSigstore } from '../testing/sigstore.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { sealsOf } from './seals.ts';
import { keylessSigning } from './signing.ts';
import { verifyingIdentity } from './verifying.ts';

const now = new Date();
const identities = ['registry.example.org/zfs'];
const identity = 'https://ci.example.org/zfs/.github/workflows/run.yml@refs/heads/main';
const issuer = 'https://token.example.org';
const token = aToken({ sub: identity, iss: issuer });

let sigstore: Sigstore;
let other: Sigstore;
beforeAll(async () => {
  [sigstore, other] = await Promise.all([startSigstore(), startSigstore()]);
});
afterAll(async () => {
  await sigstore[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
});

async function aSignedIndex(rootJson?: string) {
  const repository = memoryRepository();
  const { index } = await putTwoPlatforms(repository);
  const { services } = sigstore;
  const signing = await keylessSigning({
    token,
    services,
    fetch,
    ...(rootJson ? { rootJson } : {}),
  });
  await signImage(repository, index, { signings: [signing], identities, now });
  return { repository, index, signing };
}

describe('keylessSigning', () => {
  it('signs in both forms what counts as signed by its identity, with one certificate', async () => {
    const before = sigstore.requests.get('/api/v2/signingCert') ?? 0;
    const { repository, index } = await aSignedIndex();

    const verifying = verifyingIdentity({ identity, issuer }, sigstore.rootJson);
    const { verified, manifests } = await verifyImage(repository, index, { verifying });

    expect(manifests.map(({ signatures }) => signatures)).toEqual(
      [1, 2, 3].map(() => [
        { form: 'simplesigning', signer: identity, verified: true },
        { form: 'bundle', signer: identity, verified: true },
      ]),
    );
    expect(verified).toBe(true);
    expect(sigstore.requests.get('/api/v2/signingCert')).toBe(before + 1);
  });

  it('knows its own signatures again by a root of trust', async () => {
    const { repository, index, signing } = await aSignedIndex(sigstore.rootJson);
    const before = await repository.manifests();

    const { signed } = await signImage(repository, index, { signings: [signing], identities, now });

    expect(signed.map(({ written }) => written)).toEqual([[], [], []]);
    expect(await repository.manifests()).toEqual(before);
  });

  it('attests, and an attestation is no signature', async () => {
    const { repository, index, signing } = await aSignedIndex();
    const predicateType = 'https://slsa.dev/provenance/v1';
    await attestImage(repository, index, {
      predicateType,
      predicate: {},
      signings: [signing],
      now,
    });

    const verifying = verifyingIdentity({ identity, issuer }, sigstore.rootJson);
    const asked = await verifyImage(repository, index, { verifying, type: predicateType });
    expect(asked.verified).toBe(true);
    const { manifests } = await verifyImage(repository, index, { verifying });
    expect(manifests[0]?.signatures.map(({ verified }) => verified)).toEqual([true, true, false]);
  });

  it.each([
    ['is no token', 'a secret that is no token', 'usage'],
    ['has no subject', `x.${Buffer.from('{"a":"secret"}').toString('base64url')}.x`, 'usage'],
  ])('shows nothing of what %s', async (_, secret, code) => {
    const { services } = sigstore;
    const failure = await keylessSigning({ token: secret, services, fetch }).catch(
      (error: unknown) => error,
    );

    expect(failure).toMatchObject({ code });
    expect(JSON.stringify(failure) + String(failure)).not.toContain('secret');
  });

  it('tells which service does not answer', async () => {
    const services = { ...sigstore.services, fulcio: 'http://127.0.0.1:1' };

    await expect(keylessSigning({ token, services, fetch })).rejects.toMatchObject({
      code: 'network',
      message: expect.stringContaining('http://127.0.0.1:1/api/v2/signingCert') as string,
    });
  });
});

describe('sealsOf', () => {
  const TYPE = 'application/vnd.example+json';
  const content = Buffer.from('{"passed":true}');
  const sealed = async () => {
    const { services } = sigstore;
    return (await keylessSigning({ token, services, fetch })).seal(TYPE, content);
  };
  const opened = (layer: ArtifactLayer, type = TYPE, by = { identity, issuer }) =>
    sealsOf({ ...by, rootJson: sigstore.rootJson }).open(type, layer);

  it('opens what its identity has sealed, as what it was sealed for, and nothing else', async () => {
    const layer = await sealed();

    expect(opened(layer)).toEqual(content);
    expect(unverifiedContent(TYPE, layer)).toEqual(content);
    expect(opened(layer, 'application/vnd.other+json')).toBeUndefined();
    expect(opened(layer, TYPE, { identity: `${identity}x`, issuer })).toBeUndefined();
    expect(opened(layer, TYPE, { identity, issuer: `${issuer}x` })).toBeUndefined();
    expect(opened({ ...layer, annotations: {} })).toBeUndefined();
    const { rootJson } = other;
    expect(sealsOf({ identity, issuer, rootJson }).open(TYPE, layer)).toBeUndefined();
  });

  it('opens no envelope with the material of another, and none of a key', async () => {
    const [one, two] = [await sealed(), await sealed()];

    expect(opened({ ...one, annotations: two.annotations ?? {} })).toBeUndefined();
    const byKey = await sealBy(aSigner())(TYPE, content);
    expect(opened(byKey)).toBeUndefined();
    expect(opened({ ...byKey, annotations: one.annotations ?? {} })).toBeUndefined();
  });

  it('is no bundle, which cosign 3 would take for a signature in whatever artifact', async () => {
    expect(isBundleType((await sealed()).mediaType)).toBe(false);
  });
});

describe('verifyingIdentity', () => {
  it.each([
    ['another identity', { identity: `${identity}x`, issuer }],
    ['a part of the identity', { identity: identity.slice(0, -4), issuer }],
    ['an identity that is a pattern', { identity: '.*', issuer }],
    ['another issuer', { identity, issuer: `${issuer}x` }],
  ])('takes no signature for %s', async (_, wanted) => {
    const { repository, index } = await aSignedIndex();

    const verifying = verifyingIdentity(wanted, sigstore.rootJson);
    const { manifests } = await verifyImage(repository, index, { verifying });

    for (const { verified, signatures } of manifests) {
      expect(verified).toBe(false);
      expect(signatures.map(({ reason }) => reason)).toEqual([
        expect.stringContaining(identity),
        expect.stringContaining(identity),
      ]);
    }
  });

  it('takes no signature that other authorities and logs vouch for', async () => {
    const { repository, index } = await aSignedIndex();
    const [root, foreign] = [sigstore, other].map(
      ({ rootJson }) => JSON.parse(rootJson) as Record<string, unknown>,
    );

    for (const part of ['certificateAuthorities', 'tlogs', 'ctlogs']) {
      const mixed = JSON.stringify({ ...root, [part]: foreign?.[part] });
      const verifying = verifyingIdentity({ identity, issuer }, mixed);
      const { manifests } = await verifyImage(repository, index, { verifying });
      const counted = manifests.flatMap(({ signatures }) =>
        signatures.filter(({ verified }) => verified),
      );
      expect(counted).toEqual([]);
    }
  });

  it('takes no signature whose claim, certificate or entry belongs to another', async () => {
    const { repository, index } = await aSignedIndex();
    const again = await aSignedIndex();
    const [one] = (await readSignatures(repository, index.digest)).signatures;
    const [two] = (await readSignatures(again.repository, index.digest)).signatures;
    const verifying = verifyingIdentity({ identity, issuer }, sigstore.rootJson);
    if (!one || !two) throw new Error('not signed');

    expect(verifying.judgeClaim(one).verified).toBe(true);
    for (const name of Object.keys(one.annotations)) {
      const annotations = { ...one.annotations, [name]: two.annotations[name] ?? '' };
      const signature = name.endsWith('/signature') ? two.signature : one.signature;
      const { verified } = verifying.judgeClaim({ ...one, signature, annotations });
      // The chain is for readers that have the root alone; here the root of trust has it whole.
      expect([name, verified]).toEqual([name, name.endsWith('/chain')]);
    }
  });

  it.each(['', '{}', '[]', '{"certificateAuthorities":[]}'])('refuses %j as root', (root) => {
    expect(() => verifyingIdentity({ identity, issuer }, root)).toThrow('trusted_root.json');
  });
});
