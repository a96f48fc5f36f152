import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../../oci/memory.ts';
import { withoutGuard } from '../../oci/testing/unguarded.ts';
import { signingWith } from '../bundle/signing.ts';
import { readClaim } from '../signature/claim.ts';
import { addSignatures, readSignatures, signatureTag } from '../signature/image.ts';
import { layerOf } from '../signature/layer.ts';
import { aSigner } from '../testing/keys.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { signImage } from './sign-image.ts';

const now = new Date('2026-11-26T20:00:00Z');
const identities = ['registry.example.org/zfs', 'registry.example.org/zfs:latest'];
const both = ['simplesigning', 'bundle'];

describe('signImage', () => {
  it('signs the index and every image that it lists, in both forms', async () => {
    const repository = memoryRepository();
    const { index, images } = await putTwoPlatforms(repository);
    const signing = signingWith(aSigner());

    const report = await signImage(repository, 'latest', { signings: [signing], identities, now });

    expect(report).toEqual({
      digest: index.digest,
      signed: [
        { digest: index.digest, written: both },
        { digest: images[0].digest, platform: 'linux/amd64', written: both },
        { digest: images[1].digest, platform: 'linux/arm64', written: both },
      ],
    });
    for (const { digest } of [index, ...images]) {
      const { signatures } = await readSignatures(repository, digest);
      const claims = signatures.map(({ payload }) => readClaim(payload));
      expect(claims).toEqual(identities.map((identity) => ({ digest, identity })));
      expect(await repository.referrers(digest)).toMatchObject([
        { artifactType: 'application/vnd.dev.sigstore.bundle.v0.3+json' },
      ]);
    }
  });

  it('writes nothing when called again, and only what is missing for another name', async () => {
    const repository = memoryRepository();
    const { index } = await putTwoPlatforms(repository);
    const signing = signingWith(aSigner());
    await signImage(repository, 'latest', { signings: [signing], identities, now });
    const before = await repository.manifests();

    const again = await signImage(repository, 'latest', { signings: [signing], identities, now });
    expect(again.signed.map(({ written }) => written)).toEqual([[], [], []]);
    expect(await repository.manifests()).toEqual(before);

    const more = {
      signings: [signing],
      identities: [...identities, 'mirror.example.org/zfs'],
      now,
    };
    const added = await signImage(repository, 'latest', more);
    expect(added.signed[0]?.written).toEqual(['simplesigning']);
    expect((await readSignatures(repository, index.digest)).signatures).toHaveLength(3);
  });

  it.each([
    ['guards its tags', () => memoryRepository()],
    ['cannot guard its tags', () => withoutGuard(memoryRepository())],
  ])('keeps the signatures of all who sign at once in what %s', async (_, open) => {
    const repository = open();
    const { index } = await putTwoPlatforms(repository);
    const signers = [1, 2, 3].map(() => signingWith(aSigner()));

    await Promise.all(
      signers.map((signing) =>
        signImage(repository, index.digest, {
          signings: [signing],
          identities: ['a.example/zfs'],
          now,
        }),
      ),
    );

    const { signatures } = await readSignatures(repository, index.digest);
    expect(signatures).toHaveLength(3);
    for (const { own } of signers) {
      const judged = signatures.map((signature) => own?.judgeClaim(signature).verified);
      expect(judged.filter(Boolean)).toHaveLength(1);
    }
    expect(await repository.referrers(index.digest)).toHaveLength(3);
  });

  it('signs anew what only claims to be signed by the key', async () => {
    const repository = memoryRepository();
    const { index } = await putTwoPlatforms(repository);
    const signer = aSigner();
    const forged = signingWith({ ...aSigner(), publicKey: signer.publicKey });
    await signImage(repository, index, { signings: [forged], identities, now });

    const report = await signImage(repository, index, {
      signings: [signingWith(signer)],
      identities,
      now,
    });

    expect(report.signed.map(({ written }) => written)).toEqual([both, both, both]);
  });

  it('adds a signature once where it cannot tell its own, as without a key', async () => {
    const repository = withoutGuard(memoryRepository());
    const { index } = await putTwoPlatforms(repository);
    const signing = { ...signingWith(aSigner()), own: undefined };

    await signImage(repository, index, { signings: [signing], identities, now });

    expect((await readSignatures(repository, index.digest)).signatures).toHaveLength(2);
  });

  it('knows its own behind hundreds of others', async () => {
    const repository = memoryRepository();
    const { images } = await putTwoPlatforms(repository);
    const others = Array.from({ length: 300 }, (_, at) =>
      layerOf(Buffer.from(`claim ${at}`), Buffer.from('signature')),
    );
    await addSignatures(repository, images[0].digest, async () => others);
    const terms = { signings: [signingWith(aSigner())], identities, now };

    const written = async () =>
      (await signImage(repository, images[0], terms)).signed.map((one) => one.written);

    expect(await written()).toEqual([['simplesigning', 'bundle']]);
    expect(await written()).toEqual([[]]);
  });

  it('refuses to add to what is no image, and leaves it alone', async () => {
    const repository = memoryRepository();
    const { index } = await putTwoPlatforms(repository);
    await repository.tag(signatureTag(index.digest), index);
    const terms = { signings: [signingWith(aSigner())], identities, now };

    await expect(signImage(repository, index, terms)).rejects.toMatchObject({
      code: 'invalid-content',
    });
    expect(await repository.resolve(signatureTag(index.digest))).toEqual(index);
  });
});
