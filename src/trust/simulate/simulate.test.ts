import { describe, expect, it } from 'vitest';
import { memoryRepository } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import { signingWith } from '../bundle/signing.ts';
import { hostFiles } from '../hosts/host-files.ts';
import { parseImageName } from '../policy/image-name.ts';
import { parseRegistries } from '../policy/registries.ts';
import { registrySubject } from '../policy/subject.ts';
import { attestImage } from '../sign/attest-image.ts';
import { signImage } from '../sign/sign-image.ts';
import { signClaim } from '../signature/layer.ts';
import { aSigner } from '../testing/keys.ts';
import { putSignatures } from '../testing/scene.ts';
import { putTwoPlatforms } from '../testing/signed-image.ts';
import { findHost } from './host.ts';
import { simulate } from './simulate.ts';

const NAME = 'a.example/os';
const platform = { os: 'linux', architecture: 'amd64' };
const now = new Date('2026-11-26T20:00:00Z');
const signer = aSigner();
const signings = [signingWith(signer)];

/** A host that runs an image with these files. */
async function hostOf(change: { keys?: (typeof signer)[]; withoutRegistries?: true } = {}) {
  const { keys = [signer], withoutRegistries } = change;
  const publicKeys = keys.map(({ publicKey }) => publicKey);
  const files = hostFiles({ name: 'os', scopes: [NAME], keys: publicKeys, enforce: true });
  const kept = files.filter(({ path }) => !(withoutRegistries && path.includes('registries.d')));
  const repository = memoryRepository();
  const layer = gzipLayer(Object.fromEntries(kept.map(({ path, text }) => [path, text])));
  const image = await putLayers(repository, [layer]);
  const host = await findHost(await openImageTree(repository, image, { platform }));
  if (!host) throw new Error('there is no policy');
  return host;
}

async function ask(
  repository: ReturnType<typeof memoryRepository>,
  version: string,
  more: { as?: string; host?: Awaited<ReturnType<typeof hostOf>> } = {},
) {
  const { as = `${NAME}:v1`, host = await hostOf() } = more;
  const name = parseImageName(as);
  if (!name) throw new Error(`${as} is no name`);
  const subject = registrySubject(name, 'docker');
  return simulate(repository, version, { host, subject, platform, now });
}

describe(simulate, () => {
  it('accepts what a key in the image of the host has signed, by the name that it is pulled by', async () => {
    const repository = memoryRepository(NAME);
    const image = await putImage(repository, { tag: 'v1' });
    await signImage(repository, image, { signings, identities: [NAME], now });

    expect(await ask(repository, 'v1')).toMatchObject({
      digest: image.digest,
      instance: image.digest,
      accepted: true,
      scope: `docker:${NAME}`,
      unseen: [],
      hints: [],
    });
    const mirror = await ask(repository, 'v1', { as: 'mirror.example/os:v1' });
    expect(mirror).toMatchObject({ accepted: true, reason: 'everything is accepted' });
    const other = await hostOf({ keys: [aSigner()] });
    expect(await ask(repository, 'v1', { host: other })).toMatchObject({ accepted: false });
  });

  it('says that a server is asked too, which may refuse yet', async () => {
    const repository = memoryRepository(NAME);
    const image = await putImage(repository, { tag: 'v1' });
    await signImage(repository, image, { signings, identities: [NAME], now });
    const said = '{ use-sigstore-attachments: true, lookaside: "https://sig.example" }';
    const bytes = Buffer.from(`docker:\n  a.example: ${said}\n`);
    const host = { ...(await hostOf()), registries: parseRegistries([{ file: 'a.yaml', bytes }]) };

    expect(await ask(repository, 'v1', { host })).toMatchObject({
      accepted: true,
      unseen: [{ form: 'lookaside', digest: image.digest }],
      hints: [expect.stringContaining('https://sig.example')],
    });
  });

  it('names signatures that a host does not look at, and what to do', async () => {
    const repository = memoryRepository(NAME);
    const image = await putImage(repository, { tag: 'v1' });
    const attested = { predicateType: 'https://example.org/x', predicate: {} };
    const { attached } = await attestImage(repository, image, { ...attested, signings, now });

    const bundle = await ask(repository, 'v1');
    expect(bundle).toMatchObject({
      accepted: false,
      unseen: [{ form: 'bundle', digest: attached[0] }],
      hints: [expect.stringContaining('in bundles alone')],
    });

    await signImage(repository, image, { signings, identities: [NAME], now });
    const off = await ask(repository, 'v1', { host: await hostOf({ withoutRegistries: true }) });
    expect(off.accepted).toBe(false);
    expect(off.unseen.map(({ form }) => form)).toEqual(['simplesigning', 'bundle', 'bundle']);
    expect(off.hints).toEqual([expect.stringContaining('use-sigstore-attachments')]);
  });

  it('judges the image of the platform, and tells when only the index is signed', async () => {
    const repository = memoryRepository(NAME);
    const { index, images } = await putTwoPlatforms(repository);
    const claim = { digest: index.digest, identity: NAME };
    await putSignatures(repository, index, [signClaim(claim, signer)]);

    const found = await ask(repository, 'latest');

    expect(found).toMatchObject({ digest: index.digest, instance: images[0].digest });
    expect(found.hints).toEqual([expect.stringContaining('only the index is signed')]);
  });

  it('tells for which other name it is signed', async () => {
    const repository = memoryRepository(NAME);
    const image = await putImage(repository, { tag: 'v1' });
    await signImage(repository, image, { signings, identities: ['b.example/os'], now });

    const { accepted, hints } = await ask(repository, 'v1');

    expect(accepted).toBe(false);
    expect(hints).toEqual([expect.stringContaining('it is signed for b.example/os: sign it for')]);
  });

  it('refuses an index without an image for the platform', async () => {
    const repository = memoryRepository(NAME);
    const { index } = await putTwoPlatforms(repository);
    const [host, name] = [await hostOf(), parseImageName(`${NAME}:v1`)];
    if (!name) throw new Error('no name');
    const terms = { host, subject: registrySubject(name, 'docker'), now };
    const riscv = { os: 'linux', architecture: 'riscv64' };

    const found = await simulate(repository, index.digest, { ...terms, platform: riscv });

    expect(found).toMatchObject({
      accepted: false,
      reason: 'the index has no image for linux/riscv64',
    });
  });
});
