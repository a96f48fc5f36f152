import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readManifest } from '../../oci/manifest.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { startDockerRegistry, whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { putManifest } from '../../oci/testing/image.ts';
import { attachBundle } from '../bundle/attached.ts';
import { bundleBytes, readBundle } from '../bundle/bundle.ts';
import { SIGNATURE_PREDICATE, signatureStatement } from '../bundle/signature-statement.ts';
import { type Signing, signingWith, verifyingBy } from '../bundle/signing.ts';
import { readPublicKey } from '../key/public-key.ts';
import { makeKeyPair, openSigner } from '../key/signer.ts';
import { signatureTag } from '../signature/image.ts';
import { layerOf, SIGNATURE_ANNOTATION } from '../signature/layer.ts';
import {
  acceptedBy,
  type Clients,
  findClients,
  PASSWORD,
  signArguments,
} from '../testing/clients.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { verifyImage } from '../verify/verify-image.ts';
import { signImage } from './sign-image.ts';

const why = whyNoRegistry();
const now = new Date('2026-11-26T20:00:00Z');
const BOTH = ['simplesigning', 'bundle'];
const all = ['cosign2', 'cosign3', 'skopeo'];

describe.skipIf(why != null)(`signatures beside other clients ${why ?? ''}`, () => {
  let server: Awaited<ReturnType<typeof startDockerRegistry>>;
  let clients: Clients;
  beforeAll(async () => {
    server = await startDockerRegistry();
    const found = await findClients(join(server.folder, 'clients'));
    if ('why' in found) throw new Error(found.why);
    clients = found;
  }, 300_000);
  afterAll(() => server[Symbol.asyncDispose]());

  /** A repository with an index of two platforms, and a folder with a key pair that we made. */
  async function publish(name: string) {
    const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository(name);
    const folder = join(server.folder, 'clients');
    const place = `${server.host}/${name}`;
    return { repository, place, folder, ...(await putTwoPlatforms(repository, name)) };
  }

  async function ourKey(folder: string, name: string) {
    const { keyFile, publicKey } = await makeKeyPair(PASSWORD);
    const path = join(folder, name);
    await writeFile(`${path}.key`, keyFile);
    await writeFile(`${path}.pub`, publicKey.pem);
    return { path, signer: await openSigner(keyFile, PASSWORD) };
  }

  it('what we sign is accepted by all, index and images', async () => {
    const { repository, place, folder, index, images } = await publish('os/ours');
    const { path, signer } = await ourKey(folder, 'ours');
    const identities = [place];
    await signImage(repository, 'latest', { signings: [signingWith(signer)], identities, now });

    for (const { digest } of [index, ...images]) {
      const image = `${place}@${digest}`;
      expect(await acceptedBy(clients, { image, key: `${path}.pub`, folder })).toEqual(all);
    }
    const stranger = await ourKey(folder, 'stranger');
    const image = `${place}@${index.digest}`;
    expect(await acceptedBy(clients, { image, key: `${stranger.path}.pub`, folder })).toEqual([]);
  });

  it('what both cosigns sign with a key that we made is accepted by us', async () => {
    const { repository, place, folder, index } = await publish('os/theirs');
    const { path, signer } = await ourKey(folder, 'theirs');
    const image = `${place}@${index.digest}`;
    const verifying = verifyingBy([signer.publicKey]);

    const first = await clients.cosign2(...signArguments.cosign2(`${path}.key`, image));
    expect(first).toMatchObject({ status: 0 });
    const simple = await verifyImage(repository, index, { verifying });
    const second = await clients.cosign3(...signArguments.cosign3(`${path}.key`, image, clients));
    expect(second).toMatchObject({ status: 0 });
    const both = await verifyImage(repository, index, { verifying });

    expect(formsOf(simple)).toEqual([['simplesigning'], ['simplesigning'], ['simplesigning']]);
    expect(formsOf(both)).toEqual([1, 2, 3].map(() => BOTH));
    const signing = signingWith(signer);
    const again = await signImage(repository, index, {
      signings: [signing],
      identities: [place],
      now,
    });
    expect(again.signed.map(({ written }) => written)).toEqual([[], [], []]);
  });

  it.each<[string, () => KeyObject, string[]]>([
    ['P-384', () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey, BOTH],
    ['RSA', () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, BOTH],
    // cosign 3.1 signs with Ed25519 what it does not accept itself.
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, ['simplesigning']],
  ])('a %s key that cosign encrypted signs for all, by all', async (name, make, forms) => {
    const { repository, place, folder, index } = await publish(`os/${name.toLowerCase()}`);
    const path = join(folder, name);
    await writeFile(`${path}.pem`, make().export({ type: 'pkcs8', format: 'pem' }));
    const imported = await clients.cosign3(
      'import-key-pair',
      '--yes',
      '--key',
      `${path}.pem`,
      '--output-key-prefix',
      path,
    );
    expect(imported).toMatchObject({ status: 0 });
    const signer = await openSigner(await readFile(`${path}.key`, 'utf8'), PASSWORD);
    const key = readPublicKey(await readFile(`${path}.pub`, 'utf8'));
    expect(signer.publicKey.fingerprint).toBe(key.fingerprint);

    await signImage(repository, index, {
      signings: [signingWith(signer)],
      identities: [place],
      now,
    });

    const image = `${place}@${index.digest}`;
    expect(await acceptedBy(clients, { image, key: `${path}.pub`, folder })).toEqual(all);
    const theirs = await publish(`os/${name.toLowerCase()}-theirs`);
    const other = `${theirs.place}@${theirs.index.digest}`;
    await clients.cosign2(...signArguments.cosign2(`${path}.key`, other));
    await clients.cosign3(...signArguments.cosign3(`${path}.key`, other, clients));
    const verifying = verifyingBy([key]);
    const verification = await verifyImage(theirs.repository, theirs.index, { verifying });
    expect(formsOf(verification)).toEqual([1, 2, 3].map(() => forms));
  });

  it('what skopeo signs is accepted by us, and stays beside what we sign', async () => {
    const { repository, place, folder, images } = await publish('os/skopeo');
    const { path, signer } = await ourKey(folder, 'skopeo');
    await writeFile(join(folder, 'password'), PASSWORD);
    const image = `${place}@${images[0].digest}`;
    await acceptedBy(clients, { image, key: `${path}.pub`, folder });
    const copied = await clients.skopeo(
      '--insecure-policy',
      '--registries.d',
      join(folder, 'registries.d'),
      'copy',
      '--sign-by-sigstore-private-key',
      `${path}.key`,
      '--sign-passphrase-file',
      join(folder, 'password'),
      '--src-tls-verify=false',
      '--dest-tls-verify=false',
      `docker://${image}`,
      `docker://${place}:copied`,
    );
    expect(copied).toMatchObject({ status: 0 });
    const verifying = verifyingBy([signer.publicKey]);
    expect(formsOf(await verifyImage(repository, 'copied', { verifying }))).toEqual([
      ['simplesigning'],
    ]);

    const other = await ourKey(folder, 'beside-skopeo');
    const signing = signingWith(other.signer);
    await signImage(repository, 'copied', { signings: [signing], identities: [place], now });

    for (const key of [path, other.path]) {
      const accepted = await acceptedBy(clients, { image, key: `${key}.pub`, folder });
      expect(accepted).toContain('cosign2');
      expect(accepted).toContain('skopeo');
    }
  });

  it.each(['signature', 'content'] as const)(
    'a changed byte of the %s is refused by all, in either form',
    async (part) => {
      const { repository, place, folder, index } = await publish(`os/changed-${part}`);
      const { path, signer } = await ourKey(folder, `changed-${part}`);
      const signing = damaged(signingWith(signer), part);
      await signImage(repository, index, { signings: [signing], identities: [place], now });

      const image = `${place}@${index.digest}`;
      expect(await acceptedBy(clients, { image, key: `${path}.pub`, folder })).toEqual([]);
      const verifying = verifyingBy([signer.publicKey]);
      const { verified, manifests } = await verifyImage(repository, index, { verifying });
      expect(verified).toBe(false);
      expect(manifests.map(({ signatures }) => signatures.length)).toEqual([2, 2, 2]);
    },
  );

  it('a changed byte of the manifest is refused by all, whose signatures ever lie beside it', async () => {
    const { repository, place, folder, images } = await publish('os/changed-manifest');
    const { path, signer } = await ourKey(folder, 'changed-manifest');
    const signing = signingWith(signer);
    await signImage(repository, images[0], { signings: [signing], identities: [place], now });
    const { manifest } = await readManifest(repository, images[0]);
    const changed = await putManifest(repository, { ...manifest, annotations: { a: 'b' } });
    const signatures = await repository.resolve(signatureTag(images[0].digest));
    if (signatures) await repository.tag(signatureTag(changed.digest), signatures);
    const bundle = await signing.signStatement(signatureStatement(images[0].digest));
    const attached = { subject: changed, bytes: bundle };
    await attachBundle(repository, attached, { predicateType: SIGNATURE_PREDICATE, now });

    const image = `${place}@${changed.digest}`;
    expect(await acceptedBy(clients, { image, key: `${path}.pub`, folder })).toEqual([]);
    const verifying = verifyingBy([signer.publicKey]);
    expect((await verifyImage(repository, changed, { verifying })).verified).toBe(false);
  });
});

/** Signs, and changes a byte of the signature or of what is signed. */
function damaged(signing: Signing, part: 'signature' | 'content'): Signing {
  return {
    own: undefined,
    signClaim: async (claim) => {
      const layer = await signing.signClaim(claim);
      const signature = Buffer.from(layer.annotations?.[SIGNATURE_ANNOTATION] ?? '', 'base64');
      return part === 'content'
        ? layerOf(flipped(layer.bytes, 60), signature)
        : layerOf(layer.bytes, flipped(signature, 20));
    },
    signStatement: async (statement) => {
      const bundle = readBundle(await signing.signStatement(statement));
      if (!bundle) throw new Error('no bundle');
      const { payloadType, payload, signatures } = bundle.envelope;
      const [{ sig } = { sig: Buffer.alloc(0) }] = signatures;
      const envelope =
        part === 'content'
          ? { payloadType, payload: flipped(payload, 70), signatures }
          : { payloadType, payload, signatures: [{ keyid: '', sig: flipped(sig, 20) }] };
      return bundleBytes(envelope, { hint: bundle.hint ?? '' });
    },
  };
}

function flipped(bytes: Uint8Array, at: number): Buffer {
  const changed = Buffer.from(bytes);
  changed[at] = (changed[at] ?? 0) ^ 1;
  return changed;
}

/** The forms of the signatures that count, of each manifest. */
function formsOf({ manifests }: Awaited<ReturnType<typeof verifyImage>>): string[][] {
  return manifests.map(({ signatures }) =>
    signatures.filter(({ verified }) => verified).map(({ form }) => form),
  );
}
