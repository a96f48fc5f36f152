import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../oci/open/open.ts';
import type { Repository } from '../../oci/repository.ts';
import { startDockerRegistry, whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import type { Signing } from '../bundle/signing.ts';
import { attestImage } from '../sign/attest-image.ts';
import { signImage } from '../sign/sign-image.ts';
import { addSignatures } from '../signature/image.ts';
import { CERTIFICATE_ANNOTATION, layerOf, readSignature } from '../signature/layer.ts';
import {
  acceptedForIdentity,
  type Clients,
  findClients,
  trustedByCosign2,
  writeTrusted,
} from '../testing/clients.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { aToken, type Sigstore, startSigstore } from '../testing/sigstore.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { keylessSigning } from './signing.ts';
import { verifyingIdentity } from './verifying.ts';

const why = whyNoRegistry();
const now = new Date();
const identity = 'https://ci.example.org/zfs/.github/workflows/run.yml@refs/heads/main';
const issuer = 'https://token.example.org';
const PROVENANCE = 'https://slsa.dev/provenance/v1';

describe.skipIf(why != null)(`keyless signatures beside both cosigns ${why ?? ''}`, () => {
  let server: Awaited<ReturnType<typeof startDockerRegistry>>;
  let sigstore: Sigstore;
  let clients: Clients;
  let folder: string;
  beforeAll(async () => {
    server = await startDockerRegistry();
    sigstore = await startSigstore();
    folder = join(server.folder, 'clients');
    const found = await findClients(folder);
    if ('why' in found) throw new Error(found.why);
    clients = found;
    await writeTrusted(folder, sigstore);
  }, 300_000);
  afterAll(async () => {
    await sigstore[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  async function publish(name: string) {
    const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository(name);
    const { index } = await putTwoPlatforms(repository, name);
    const token = aToken({ sub: identity, iss: issuer });
    const signing = await keylessSigning({ token, services: sigstore.services, fetch });
    return { repository, index, signing, place: `${server.host}/${name}` };
  }

  const acceptedBy = (image: string, wanted = { identity, issuer }) =>
    acceptedForIdentity(clients, image, { ...wanted, folder });

  it('are accepted by both for their identity, and for no other', async () => {
    const { repository, index, signing, place } = await publish('os/keyless');
    await signImage(repository, index, { signings: [signing], identities: [place], now });

    const image = `${place}@${index.digest}`;
    expect(await acceptedBy(image)).toEqual(['cosign2', 'cosign3']);
    expect(await acceptedBy(image, { identity: `${identity}x`, issuer })).toEqual([]);
    expect(await acceptedBy(image, { identity, issuer: `${issuer}x` })).toEqual([]);
  });

  it('are accepted by both where only the older form is there', async () => {
    const { repository, index, signing, place } = await publish('os/keyless-sig');
    const claim = { digest: index.digest, identity: place };
    await addOnce(repository, await signing.signClaim(claim));

    expect(await acceptedBy(`${place}@${index.digest}`)).toEqual(['cosign2', 'cosign3']);

    async function addOnce(to: Repository, layer: Awaited<ReturnType<Signing['signClaim']>>) {
      await addSignatures(to, index.digest, async (present) => (present.length > 0 ? [] : [layer]));
    }
  });

  it('of cosign 2 are accepted by us', async () => {
    const { repository, index, place } = await publish('os/keyless-theirs');
    const { fulcio, rekor } = sigstore.services;
    const services = ['--fulcio-url', fulcio, '--rekor-url', rekor];
    const token = aToken({ sub: identity, iss: issuer });
    const words = ['--yes', '--recursive', ...services, '--identity-token', token];
    const signs = clients.cosign2.with(trustedByCosign2(folder));
    expect(await signs('sign', ...words, `${place}@${index.digest}`)).toMatchObject({ status: 0 });

    const verifying = verifyingIdentity({ identity, issuer }, sigstore.rootJson);
    const { verified, manifests } = await verifyImage(repository, index, { verifying });
    expect(verified).toBe(true);
    expect(manifests[0]?.signatures).toEqual([
      { form: 'simplesigning', signer: identity, verified: true },
    ]);
  });

  it('attest what cosign 3 verifies', async () => {
    const { repository, index, signing, place } = await publish('os/keyless-attested');
    const predicate = { buildDefinition: { buildType: 'x' }, runDetails: { builder: { id: 'x' } } };
    const attestation = { predicateType: PROVENANCE, predicate };
    await attestImage(repository, index, { ...attestation, signings: [signing], now });

    const image = `${place}@${index.digest}`;
    expect(await acceptedBy(image)).toContain('provenance');
    expect(await acceptedBy(image, { identity: `${identity}x`, issuer })).toEqual([]);
  });

  it('are refused by both with a byte of the certificate changed', async () => {
    const { repository, index, signing, place } = await publish('os/keyless-changed');
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

    expect(await acceptedBy(`${place}@${index.digest}`)).toEqual([]);
  });
});
