import { describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { putImage } from '../../oci/testing/image.ts';
import { type Digest, digestOf } from '../../system/digest.ts';
import { sealsBy } from '../../trust/dsse/seals.ts';
import { aSigner } from '../../trust/testing/keys.ts';
import { gateTerms } from '../gates/terms.ts';
import { recordVerdict } from '../record/verdicts.ts';
import { keeperOf, provenSource, requestOfStored } from './by-hand.ts';

const stream = SingleConfig.parse({
  version: 1,
  name: 'debian-zfs',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  publish: { registry: 'oci:store', image: 'image', kmods: 'kmods' },
});

describe('requestOfStored', () => {
  it('asks for the image with the kmods that are in it', async () => {
    const registry = memoryRegistry();
    const kmods = [digestOf('kmods'), digestOf('newer kmods')] as const;
    const image = await putImage(registry.repository('image'), {
      tag: 'candidate-x-12',
      annotations: {
        'dev.lockstep.kmods': `6.1.0+1=${kmods[0]} 6.1.0+2=${kmods[1]}`,
        'dev.lockstep.kernel': '6.1.0+2',
        'dev.lockstep.image-key': digestOf('key'),
        'org.opencontainers.image.version': '12',
      },
    });
    const audit = (digest: string) => [`stable-id-${digest.slice(7, 14)}`];
    const kmod = (digest: Digest, tag: string) => ({
      repository: 'kmods',
      digest,
      audit: audit(digest),
      moving: [tag],
    });

    for (const reference of ['candidate-x-12', image.digest, 'oci:store/image:candidate-x-12']) {
      expect(await requestOfStored(stream, registry, { id: 'id', reference })).toEqual({
        id: 'id',
        artifacts: [
          kmod(kmods[0], 'main-12-6.1.0_1'),
          kmod(kmods[1], 'main-12-6.1.0_2'),
          {
            repository: 'image',
            digest: image.digest,
            audit: audit(digestOf('key')),
            moving: ['latest', 'main-12'],
          },
        ],
      });
    }
  });

  it('refuses an image that does not say what it is, and one of another repository', async () => {
    const registry = memoryRegistry();
    await putImage(registry.repository('image'), { tag: 'x' });
    const ask = (reference: string) => requestOfStored(stream, registry, { id: 'id', reference });

    await expect(ask('x')).rejects.toMatchObject({ code: 'invalid-content' });
    await expect(ask('quay.io/a/b:x')).rejects.toMatchObject({ code: 'usage' });
    await expect(ask('y')).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('provenSource', () => {
  const signer = aSigner();
  const seals = sealsBy([signer.publicKey], signer);
  const around = { project: import.meta.dirname, env: {}, anyTerms: true, seals };
  const sourceOf = async (registry: ReturnType<typeof memoryRegistry>, text: string) => {
    const mayPromote = await keeperOf(stream, registry, around);
    return provenSource(stream, registry, { text, mayPromote });
  };

  it('takes an image of the stream by its digest, when what has passed it is signed', async () => {
    const registry = memoryRegistry();
    const repository = registry.repository('image');
    const image = await putImage(repository, { tag: 'latest' });
    const passBy = async (by?: typeof seals) => {
      for (const [gate, terms] of await gateTerms(stream, around.project)) {
        const time = '2026-11-20T08:00:00Z';
        const verdict = { gate, terms, time, subject: image.digest, findings: [] };
        await recordVerdict(repository, image, { ...verdict, result: 'pass', seals: by });
      }
    };
    await passBy();

    await expect(sourceOf(registry, 'oci:store/image:latest')).rejects.toThrow(/not signed/);

    await passBy(seals);
    const pinned = `oci:store/image@${image.digest}`;
    expect(await sourceOf(registry, 'oci:store/image:latest')).toBe(pinned);
    expect(await sourceOf(registry, pinned)).toBe(pinned);
  });

  it.each(['./root', 'oci:other/image:latest', 'oci:store/images:latest'])(
    'leaves %s',
    async (text) => {
      expect(await sourceOf(memoryRegistry(), text)).toBe(text);
    },
  );
});
