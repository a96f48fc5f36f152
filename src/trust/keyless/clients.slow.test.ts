import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../oci/open/open.ts';
import type { Repository } from '../../oci/repository.ts';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import type { Signing } from '../bundle/signing.ts';
import { attestImage } from '../sign/attest-image.ts';
import { signImage } from '../sign/sign-image.ts';
import { addSignatures } from '../signature/image.ts';
import { CERTIFICATE_ANNOTATION, layerOf, readSignature } from '../signature/layer.ts';
import { trustedByCosign2 } from '../testing/clients.ts';
import { JOB, jobToken, type KeylessLab, openKeylessLab } from '../testing/keyless-lab.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { keylessSigning } from './signing.ts';
import { verifyingIdentity } from './verifying.ts';

const why = whyNoRegistry();
const now = new Date();
const { identity, issuer } = JOB;
const PROVENANCE = 'https://slsa.dev/provenance/v1';

describe.skipIf(why != null)(`keyless signatures beside both cosigns ${why ?? ''}`, () => {
  let lab: KeylessLab;
  beforeAll(async () => {
    lab = await openKeylessLab();
  }, 300_000);
  afterAll(() => lab[Symbol.asyncDispose]());

  async function publish(name: string) {
    const { host } = lab.server;
    const repository = openRegistry(host, { env: {}, cwd: '/' }).repository(name);
    const { index } = await putTwoPlatforms(repository, name);
    const { services } = lab.sigstore;
    const signing = await keylessSigning({ token: jobToken(), services, fetch });
    return {
      repository,
      index,
      signing,
      place: `${host}/${name}`,
      image: `${name}@${index.digest}`,
    };
  }

  it('are accepted by both for their identity, and for no other', async () => {
    const { repository, index, signing, place, image } = await publish('os/keyless');
    await signImage(repository, index, { signings: [signing], identities: [place], now });

    expect(await lab.acceptedFor(image)).toEqual(['cosign2', 'cosign3']);
    expect(await lab.acceptedFor(image, { identity: `${identity}x`, issuer })).toEqual([]);
    expect(await lab.acceptedFor(image, { identity, issuer: `${issuer}x` })).toEqual([]);
  });

  it('are accepted by both where only the older form is there', async () => {
    const { repository, index, signing, place, image } = await publish('os/keyless-sig');
    const claim = { digest: index.digest, identity: place };
    await addOnce(repository, await signing.signClaim(claim));

    expect(await lab.acceptedFor(image)).toEqual(['cosign2', 'cosign3']);

    async function addOnce(to: Repository, layer: Awaited<ReturnType<Signing['signClaim']>>) {
      await addSignatures(to, index.digest, async (present) => (present.length > 0 ? [] : [layer]));
    }
  });

  it('of cosign 2 are accepted by us', async () => {
    const { repository, index, place } = await publish('os/keyless-theirs');
    const { fulcio, rekor } = lab.sigstore.services;
    const services = ['--fulcio-url', fulcio, '--rekor-url', rekor];
    const token = jobToken();
    const words = ['--yes', '--recursive', ...services, '--identity-token', token];
    const signs = lab.clients.cosign2.with(trustedByCosign2(lab.folder));
    expect(await signs('sign', ...words, `${place}@${index.digest}`)).toMatchObject({ status: 0 });

    const verifying = verifyingIdentity({ identity, issuer }, lab.sigstore.rootJson);
    const { verified, manifests } = await verifyImage(repository, index, { verifying });
    expect(verified).toBe(true);
    expect(manifests[0]?.signatures).toEqual([
      { form: 'simplesigning', signer: identity, verified: true },
    ]);
  });

  it('attest what cosign 3 verifies', async () => {
    const { repository, index, signing, image } = await publish('os/keyless-attested');
    const predicate = { buildDefinition: { buildType: 'x' }, runDetails: { builder: { id: 'x' } } };
    const attestation = { predicateType: PROVENANCE, predicate };
    await attestImage(repository, index, { ...attestation, signings: [signing], now });

    expect(await lab.acceptedFor(image)).toContain('provenance');
    expect(await lab.acceptedFor(image, { identity: `${identity}x`, issuer })).toEqual([]);
  });

  it('are refused by both with a byte of the certificate changed', async () => {
    const { repository, index, signing, place, image } = await publish('os/keyless-changed');
    const layer = await signing.signClaim({ digest: index.digest, identity: place });
    const read = readSignature(layer);
    const certificate = layer.annotations?.[CERTIFICATE_ANNOTATION] ?? '';
    const at = certificate.length - 60;
    const letter = certificate[at] === 'A' ? 'B' : 'A';
    const changed = layerOf(layer.bytes, read?.signature ?? Buffer.alloc(0), {
      ...layer.annotations,
      [CERTIFICATE_ANNOTATION]: certificate.slice(0, at) + letter + certificate.slice(at + 1),
    });
    await addSignatures(repository, index.digest, async (present) =>
      present.length > 0 ? [] : [changed],
    );

    expect(await lab.acceptedFor(image)).toEqual([]);
  });
});
