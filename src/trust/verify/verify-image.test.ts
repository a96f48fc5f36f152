import { describe, expect, it } from 'vitest';
import { asImage, writeArtifact, writeLayer } from '../../oci/artifact.ts';
import { streamOf } from '../../oci/content.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { documentOf, readManifest } from '../../oci/manifest.ts';
import { OCI_INDEX } from '../../oci/media-type.ts';
import { memoryRepository } from '../../oci/memory.ts';
import type { Repository } from '../../oci/repository.ts';
import { attachBundle } from '../bundle/attached.ts';
import { BUNDLE_TYPE, bundleBytes } from '../bundle/bundle.ts';
import { SIGNATURE_PREDICATE, signatureStatement } from '../bundle/signature-statement.ts';
import { signingWith, verifyingBy } from '../bundle/signing.ts';
import { ENVELOPE_TYPE, envelopeBytes } from '../dsse/envelope.ts';
import { signStatement } from '../dsse/statement.ts';
import { attestImage } from '../sign/attest-image.ts';
import { signImage } from '../sign/sign-image.ts';
import { addSignatures, readSignatures, signatureTag } from '../signature/image.ts';
import { signClaim } from '../signature/layer.ts';
import { aSigner } from '../testing/keys.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { verifyImage } from './verify-image.ts';

const now = new Date('2026-11-26T20:00:00Z');
const signer = aSigner();
const signing = signingWith(signer);
const verifying = verifyingBy([signer.publicKey]);
const identities = ['registry.example.org/zfs'];
const PROVENANCE = 'https://slsa.dev/provenance/v1';
const TEST_RESULT = 'https://in-toto.io/attestation/test-result/v0.1';

/** A repository with an index of two platforms. */
async function anIndex() {
  const repository = memoryRepository();
  return { repository, ...(await putTwoPlatforms(repository)) };
}

/** Attaches a bundle whose annotation says what the statement does not. */
function attachAs(repository: Repository, subject: Descriptor, statement: object) {
  const bytes = bundleBytes(
    signStatement({ ...signatureStatement(subject.digest), ...statement }, signer),
    signer.publicKey,
  );
  return attachBundle(repository, { subject, bytes }, { predicateType: SIGNATURE_PREDICATE, now });
}

describe('verifyImage', () => {
  it('says yes when every manifest of an index is signed by one of the keys', async () => {
    const { repository, index, images } = await anIndex();
    await signImage(repository, index, { signings: [signing], identities, now });
    const keys = [aSigner().publicKey, signer.publicKey];
    const name = `sha256:${signer.publicKey.fingerprint}`;

    const report = await verifyImage(repository, 'latest', { verifying: verifyingBy(keys) });

    const signatures = ['simplesigning', 'bundle'].map((form) => ({
      form,
      signer: name,
      verified: true,
    }));
    expect(report).toEqual({
      digest: index.digest,
      verified: true,
      manifests: [
        { digest: index.digest, verified: true, signatures },
        { digest: images[0].digest, platform: 'linux/amd64', verified: true, signatures },
        { digest: images[1].digest, platform: 'linux/arm64', verified: true, signatures },
      ],
    });
  });

  it.each(['an index', 'a layer that is not there', 'a layer that is too large'])(
    'counts the bundle beside %s in place of a signature, and says that it cannot be read',
    async (what) => {
      const { repository, images } = await anIndex();
      const [image] = images;
      await signImage(repository, image, { signings: [signing], identities, now });
      const tag = signatureTag(image.digest);
      const { manifest } = asImage(await readManifest(repository, tag));
      const [layer] = manifest.layers;
      if (!layer) throw new Error('it is not signed');
      const bytes = Buffer.alloc(what.endsWith('large') ? 5 << 20 : 10, 'x');
      const other = await writeLayer(repository, { mediaType: layer.mediaType, bytes });
      const changed = { ...manifest, layers: [{ ...layer, ...other }, layer] };
      const index = { schemaVersion: 2 as const, mediaType: OCI_INDEX, manifests: [] };
      const document = documentOf(what === 'an index' ? index : changed);
      await repository.write(document.descriptor, streamOf(document.bytes));
      await repository.tag(tag, document.descriptor);
      if (what.endsWith('there')) await repository.delete(other);

      const { verified, manifests } = await verifyImage(repository, image, { verifying });

      expect(verified).toBe(true);
      expect(manifests[0]?.signatures).toContainEqual({
        form: 'simplesigning',
        signer: expect.any(String) as string,
        verified: false,
        reason: 'it cannot be read',
      });
      if (what === 'an index') return;
      const again = { signings: [signing], identities, now };
      expect((await signImage(repository, image, again)).signed[0]?.written).toEqual([]);
    },
  );

  it('says no when only the index is signed', async () => {
    const { repository, index, images } = await anIndex();
    await signImage(repository, images[0], { signings: [signing], identities, now });
    await attachAs(repository, index, {});

    const { verified, manifests } = await verifyImage(repository, index, { verifying });

    expect(verified).toBe(false);
    expect(manifests.map((manifest) => manifest.verified)).toEqual([true, true, false]);
  });

  it('says no to signatures of another key, and whose they are where that is told', async () => {
    const { repository, index } = await anIndex();
    await signImage(repository, index, { signings: [signing], identities, now });

    const other = verifyingBy([aSigner().publicKey]);
    const { verified, manifests } = await verifyImage(repository, index, { verifying: other });

    expect(verified).toBe(false);
    expect(manifests[0]?.signatures).toEqual([
      { form: 'simplesigning', signer: 'unknown', verified: false, reason: expect.any(String) },
      {
        form: 'bundle',
        signer: `sha256:${signer.publicKey.fingerprint}`,
        verified: false,
        reason: 'no signature of a key that counts',
      },
    ]);
  });

  it('takes a claim about another image for no signature', async () => {
    const { repository, images } = await anIndex();
    const [amd64, arm64] = images;
    const claim = { digest: arm64.digest, identity: 'registry.example.org/zfs' };
    await addSignatures(repository, amd64.digest, async () => [signClaim(claim, signer)]);

    const { verified, manifests } = await verifyImage(repository, amd64, { verifying });

    expect(verified).toBe(false);
    expect(manifests[0]?.signatures[0]?.reason).toBe('it speaks of another digest');
  });

  it.each([
    ['a statement about another digest', signatureStatement(`sha256:${'0'.repeat(64)}`), 'digest'],
    ['a provenance that is annotated as a signature', { predicateType: PROVENANCE }, PROVENANCE],
    ['a verdict that is annotated as a signature', { predicateType: TEST_RESULT }, TEST_RESULT],
  ])('takes %s for no signature', async (_, statement, reason) => {
    const { repository, images } = await anIndex();
    await attachAs(repository, images[0], statement);

    const { verified, manifests } = await verifyImage(repository, images[0], { verifying });

    expect(verified).toBe(false);
    expect(manifests[0]?.signatures[0]?.reason).toContain(reason);
  });

  it('takes attestations for no signatures, and finds them by their type', async () => {
    const { repository, images } = await anIndex();
    const [image] = images;
    const predicate = { builder: 'somebody' };
    await attestImage(repository, image, {
      predicateType: PROVENANCE,
      predicate,
      signings: [signing],
      now,
    });

    const asked = (type?: string) =>
      verifyImage(repository, image, { verifying, ...(type ? { type } : {}) });
    expect(await asked()).toMatchObject({
      verified: false,
      manifests: [{ signatures: [{ reason: `it attests ${PROVENANCE}` }] }],
    });
    expect(await asked(PROVENANCE)).toMatchObject({
      verified: true,
      manifests: [{ signatures: [{ form: 'bundle', verified: true }] }],
    });
    expect((await asked(TEST_RESULT)).verified).toBe(false);
  });

  it('finds signed verdicts, which are envelopes of a type of their own', async () => {
    const { repository, images } = await anIndex();
    const [image] = images;
    const statement = { ...signatureStatement(image.digest), predicateType: TEST_RESULT };
    const bytes = envelopeBytes(signStatement(statement, signer));
    await writeArtifact(repository, {
      artifactType: 'application/vnd.in-toto+json',
      subject: image,
      layers: [{ mediaType: ENVELOPE_TYPE, bytes }],
    });

    expect((await verifyImage(repository, image, { verifying })).verified).toBe(false);
    expect(await verifyImage(repository, image, { verifying, type: TEST_RESULT })).toMatchObject({
      verified: true,
      manifests: [{ signatures: [{ form: 'envelope' }] }],
    });
  });

  it('is not kept from a good signature by broken ones beside it', async () => {
    const { repository, images } = await anIndex();
    const [image] = images;
    const layer = { mediaType: BUNDLE_TYPE, bytes: Buffer.from('no bundle') };
    const broken = { artifactType: BUNDLE_TYPE, subject: image };
    await writeArtifact(repository, { ...broken, layers: [layer] });
    await writeArtifact(repository, { ...broken, layers: [] });
    await signImage(repository, image, { signings: [signing], identities, now });

    expect((await verifyImage(repository, image, { verifying })).verified).toBe(true);
  });

  it('finds nothing when the tag of signatures was moved to those of another image', async () => {
    const { repository, images } = await anIndex();
    const [amd64, arm64] = images;
    await signImage(repository, amd64, { signings: [signing], identities, now });
    const moved = await repository.resolve(signatureTag(amd64.digest));
    if (moved) await repository.tag(signatureTag(arm64.digest), moved);

    expect((await readSignatures(repository, arm64.digest)).signatures).toHaveLength(1);
    expect((await verifyImage(repository, arm64, { verifying })).verified).toBe(false);
  });
});

describe('attestImage', () => {
  it('makes no signatures', async () => {
    const { repository, index } = await anIndex();
    const statement = { predicateType: SIGNATURE_PREDICATE, predicate: {} };

    await expect(
      attestImage(repository, index, { ...statement, signings: [signing], now }),
    ).rejects.toMatchObject({ code: 'usage' });
  });
});
