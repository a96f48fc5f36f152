import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryRegistry } from '../../../oci/memory.ts';
import { putImage, putIndex } from '../../../oci/testing/image.ts';
import { exitCodeOf } from '../../../system/error.ts';
import { silent } from '../../../system/event.ts';
import { temporaryFolder } from '../../../system/temporary.ts';
import { type Signing, signingWith } from '../../../trust/bundle/signing.ts';
import { keylessSigning } from '../../../trust/keyless/signing.ts';
import { signImage } from '../../../trust/sign/sign-image.ts';
import { signatureTag } from '../../../trust/signature/image.ts';
import { aSigner } from '../../../trust/testing/keys.ts';
import { aToken, startSigstore } from '../../../trust/testing/sigstore.ts';
import { runContext } from '../../context/new-run.ts';
import { aStream } from '../../testing/inputs.ts';
import { baseSigners } from './base-signers.ts';

const now = () => new Date();
const base = signerWithFile();
const identity = 'https://ci.example.org/os/.github/workflows/build.yml@refs/heads/main';
const issuer = 'https://token.example.org';

function signerWithFile() {
  const signer = aSigner();
  return { signer, file: 'base.pub', name: `sha256:${signer.publicKey.fingerprint}` };
}

/** Two images of which one is signed, in a repository that a stream follows. */
async function aBase(signing: Signing, files: Record<string, string>, trusted: object) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const registry = memoryRegistry();
  const repository = registry.repository('os');
  const signed = await putImage(repository, { seed: 'signed' });
  const other = await putImage(repository, { seed: 'other' });
  const index = await putIndex(repository, [other]);
  const terms = { signings: [signing], identities: ['registry.example.org/os'], now: now() };
  await signImage(repository, signed, terms);
  const signal = new AbortController().signal;
  const world = { project: folder.path, env: {}, now, signal, emit: silent };
  const stream = aStream({ trust: { key: 'env:KEY', base: trusted } as never });
  const context = runContext(stream, { ...world, registry, id: 'id' });
  const signersOf = (digest: typeof signed.digest, index?: typeof signed.digest) =>
    baseSigners(context, repository, { digest, ...(index && { index }) });
  const signIndex = async () => {
    await signImage(repository, index, terms);
    for (const one of await repository.referrers(other.digest)) await repository.delete(one);
    await repository.untag(signatureTag(other.digest));
  };
  return {
    signersOf,
    signed,
    other,
    index,
    signIndex,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

describe(baseSigners, () => {
  const files = { [base.file]: base.signer.publicKey.pem, 'other.pub': aSigner().publicKey.pem };

  it('names who has signed the image, or the index that lists it', async () => {
    const trusted = { key: [base.file, 'other.pub'] };
    await using made = await aBase(signingWith(base.signer), files, trusted);
    const { signersOf, signed, other, index } = made;

    expect(await signersOf(signed.digest)).toEqual([base.name]);
    await made.signIndex();
    expect(await signersOf(other.digest, index.digest)).toEqual([base.name]);
    await expect(signersOf(other.digest)).rejects.toThrow(/base-unsigned/);
    // A signed image that does not list it says nothing of it.
    await expect(signersOf(other.digest, signed.digest)).rejects.toThrow(/base-unsigned/);
  });

  it.each([
    ['nobody has signed', base.file, 'other'],
    ['only somebody else has signed', 'other.pub', 'signed'],
  ] as const)('says no to a base that %s', async (_, key, which) => {
    await using made = await aBase(signingWith(base.signer), files, { key });

    const error = await made.signersOf(made[which].digest).catch((cause: unknown) => cause);

    expect(error).toMatchObject({ findings: [{ rule: 'base-unsigned' }] });
    expect(exitCodeOf(error)).toBe(1);
  });

  it('knows a keyless signer by identity and issuer', async () => {
    await using sigstore = await startSigstore();
    const token = aToken({ sub: identity, iss: issuer });
    const signing = await keylessSigning({ token, services: sigstore.services, fetch });
    const roots = { 'root.json': sigstore.rootJson };
    const trusted = { identity, issuer, root: 'root.json' };
    await using made = await aBase(signing, roots, trusted);
    await using wrong = await aBase(signing, roots, {
      ...trusted,
      issuer: 'https://other.example',
    });

    expect(await made.signersOf(made.signed.digest)).toEqual([identity]);
    await expect(wrong.signersOf(wrong.signed.digest)).rejects.toThrow(/base-unsigned/);
  });

  it('asks nobody where the configuration names nobody', async () => {
    const repository = memoryRegistry().repository('os');
    const { digest } = await putImage(repository, {});
    const world = { project: '/nowhere', env: {}, now, emit: silent };
    const { signal } = new AbortController();
    const registry = memoryRegistry();
    const context = runContext(aStream(), { ...world, signal, registry, id: 'id' });

    expect(await baseSigners(context, repository, { digest })).toBeUndefined();
  });
});
