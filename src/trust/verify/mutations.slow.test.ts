import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { readBundle } from '../bundle/bundle.ts';
import { signatureStatement } from '../bundle/signature-statement.ts';
import { type Signing, signingWith, type Verifying, verifyingBy } from '../bundle/signing.ts';
import { keylessSigning } from '../keyless/signing.ts';
import { verifyingIdentity } from '../keyless/verifying.ts';
import { readSignature } from '../signature/layer.ts';
import { aSigner } from '../testing/keys.ts';
import { type Mutation, mutated, mutations } from '../testing/mutation.ts';
import { aToken, type Sigstore, startSigstore } from '../testing/sigstore.ts';

const digest = digestOf('an image');
const claim = { digest, identity: 'registry.example.org/zfs' };
const statement = signatureStatement(digest);
const identity = 'https://ci.example.org/run';
const issuer = 'https://token.example.org';

let sigstore: Sigstore;
let signers: Record<'key' | 'keyless', { signing: Signing; verifying: Verifying }>;
beforeAll(async () => {
  sigstore = await startSigstore();
  const { services, rootJson } = sigstore;
  const token = aToken({ sub: identity, iss: issuer });
  const signer = aSigner();
  signers = {
    key: { signing: signingWith(signer), verifying: verifyingBy([signer.publicKey]) },
    keyless: {
      signing: await keylessSigning({ token, services, fetch }),
      verifying: verifyingIdentity({ identity, issuer }, rootJson),
    },
  };
});
afterAll(() => sigstore[Symbol.asyncDispose]());

/** How often something damaged was accepted because the damage is not in what is signed. */
function tally() {
  return { accepted: 0, refused: 0 };
}

describe.each(['key', 'keyless'] as const)('of what is signed with %s', (name) => {
  it('no damaged claim, signature or certificate is accepted as another', async () => {
    const { signing, verifying } = signers[name];
    const layer = await signing.signClaim(claim);
    const places = ['payload', ...Object.keys(layer.annotations ?? {})];
    const counts = tally();

    const damaged = (place: string, damages: readonly Mutation[]) => {
      if (place === 'payload') return { ...layer, bytes: mutated(layer.bytes, damages) };
      const text = mutated(Buffer.from(layer.annotations?.[place] ?? ''), damages).toString();
      return { ...layer, annotations: { ...layer.annotations, [place]: text } };
    };
    fc.assert(
      fc.property(fc.constantFrom(...places), mutations, (place, damages) => {
        const signature = readSignature(damaged(place, damages));
        const judgement = signature && verifying.judgeClaim(signature);
        counts[judgement?.verified ? 'accepted' : 'refused'] += 1;
        if (!judgement?.verified) return;
        expect(judgement.content).toEqual(claim);
        expect(Buffer.compare(signature?.payload ?? Buffer.alloc(0), layer.bytes)).toBe(0);
        expect(judgement.signer).toMatch(name === 'key' ? /^sha256:/ : identity);
      }),
      { numRuns: name === 'key' ? 5000 : 1200 },
    );
    expect(counts.refused).toBeGreaterThan(800);
  });

  it('no damaged bundle is accepted as another', async () => {
    const { signing, verifying } = signers[name];
    const bytes = await signing.signStatement(statement);
    const counts = tally();

    fc.assert(
      fc.property(mutations, (damages) => {
        const bundle = readBundle(mutated(bytes, damages));
        const judgement = bundle && verifying.judgeBundle(bundle);
        counts[judgement?.verified ? 'accepted' : 'refused'] += 1;
        if (judgement?.verified) expect(judgement.content).toEqual(statement);
      }),
      { numRuns: name === 'key' ? 1500 : 2000 },
    );
    expect(counts.refused).toBeGreaterThan(800);
  });

  it('no damaged payload is accepted in an envelope that is whole', async () => {
    const { signing, verifying } = signers[name];
    const bundle = JSON.parse((await signing.signStatement(statement)).toString()) as {
      dsseEnvelope: { payload: string };
    };
    const payload = Buffer.from(bundle.dsseEnvelope.payload, 'base64');

    fc.assert(
      fc.property(mutations, (damages) => {
        const changed = mutated(payload, damages);
        const dsseEnvelope = { ...bundle.dsseEnvelope, payload: changed.toString('base64') };
        const read = readBundle(Buffer.from(JSON.stringify({ ...bundle, dsseEnvelope })));
        const verified = read ? verifying.judgeBundle(read).verified : false;
        expect(verified).toBe(changed.equals(payload) && read != null);
      }),
      { numRuns: name === 'key' ? 500 : 200 },
    );
  });
});
