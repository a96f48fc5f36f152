import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../oci/memory.ts';
import { signingWith } from '../../trust/bundle/signing.ts';
import { signImage } from '../../trust/sign/sign-image.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import { putTwoPlatforms } from '../../trust/testing/signed-image.ts';
import { signatureState } from './signature.ts';

describe(signatureState, () => {
  it('tells whether an image is signed by one of the keys', async () => {
    const repository = memoryRegistry().repository('image');
    const { index } = await putTwoPlatforms(repository);
    const [own, old] = [aSigner(), aSigner()];
    const stateBy = (...signers: (typeof own)[]) =>
      signatureState(repository, index.digest, {
        keys: signers.map(({ publicKey }) => publicKey),
        identities: [],
      });

    expect(await stateBy(own)).toBe('unsigned');
    await signImage(repository, index, {
      signings: [signingWith(old)],
      identities: ['registry.example.org/image'],
      now: new Date(),
    });

    expect(await stateBy(own)).toBe('unsigned');
    expect(await stateBy(own, old)).toBe('signed');
    expect(await signatureState(repository, index.digest, undefined)).toBe('unknown');
  });
});
