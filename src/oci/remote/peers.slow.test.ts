import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { findPeer, type Peer, type PeerName } from '../../system/testing/peers.ts';
import { readArtifact, writeArtifact } from '../artifact.ts';
import { copy } from '../copy.ts';
import { isIndex, readManifest } from '../manifest.ts';
import { memoryRepository } from '../memory.ts';
import { openRegistry } from '../open/open.ts';
import { digestTag } from '../reference.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../testing/docker-registry.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { openImage } from '../tree/image.ts';
import { validateRepository } from '../validate.ts';

const why = whyNoRegistry();
const artifactType = 'application/vnd.example.note';
function platformOf(text: string) {
  const [os = '', architecture = '', variant] = text.split('/');
  return { os, architecture, ...(variant ? { variant } : {}) };
}

/** A layer that every client accepts: an empty tar file. */
const layers = [Buffer.alloc(1024)];

describe.skipIf(why != null)(`openRemote beside other clients ${why ?? ''}`, () => {
  let server: RegistryServer;
  beforeAll(async () => {
    server = await startDockerRegistry();
  });
  afterAll(() => server[Symbol.asyncDispose]());
  const open = (name: string) => openRegistry(server.host, { env: {}, cwd: '/' }).repository(name);

  /** The peer, or the end of the test with the reason. */
  async function need(name: PeerName, { skip }: TestContext): Promise<Peer> {
    const peer = await findPeer(name);
    if ('why' in peer) skip(peer.why);
    return peer as Peer;
  }

  /** An index of two platforms with a referrer. */
  async function publish(name: string) {
    const repository = open(name);
    const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    const amd64 = await putImage(repository, { layers });
    const arm64 = await putImage(repository, { layers, architecture: 'arm64' });
    const members = [
      { ...amd64, ...platform('amd64') },
      { ...arm64, ...platform('arm64') },
    ];
    const index = await putIndex(repository, members, { tag: 'v1' });
    const note = await writeArtifact(repository, {
      artifactType,
      subject: index,
      layers: [{ mediaType: 'text/plain', bytes: Buffer.from('a note') }],
    });
    return { repository, index, note };
  }

  it('crane finds nothing wrong with what we wrote', async (context) => {
    const crane = await need('crane', context);
    const { index } = await publish('for-crane');
    const place = `${server.host}/for-crane`;

    expect((await crane.run('digest', '--insecure', `${place}:v1`)).trim()).toBe(index.digest);
    expect(
      await crane.run('validate', '--fast', '--insecure', '--remote', `${place}:v1`),
    ).toContain('PASS');
    expect((await crane.run('ls', '--insecure', place)).trim().split('\n').sort()).toEqual(
      [digestTag(index.digest), 'v1'].sort(),
    );
  });

  it('we read what crane wrote', async (context) => {
    const crane = await need('crane', context);
    await using folder = await temporaryFolder();
    const layer = join(folder.path, 'layer.tar');
    await writeFile(layer, layers[0] ?? '');
    const place = `${server.host}/of-crane:v1`;
    await crane.run('append', '--insecure', '--new_layer', layer, '--new_tag', place);
    await crane.run('copy', '--insecure', place, `${server.host}/of-crane/again:v2`);

    const to = memoryRepository();
    await copy(open('of-crane/again'), to, 'v2', { tags: ['v2'] });

    expect(await validateRepository(to)).toEqual([]);
  });

  it('oras discovers and pulls our artifacts', async (context) => {
    const oras = await need('oras', context);
    await using folder = await temporaryFolder();
    const { index, note } = await publish('for-oras');
    const place = `${server.host}/for-oras`;

    const found = await oras.run('discover', '--plain-http', '--format', 'json', `${place}:v1`);
    expect(found).toContain(note.digest);
    expect(found).toContain(artifactType);
    await oras.run(
      'copy',
      '--from-plain-http',
      '--to-oci-layout',
      '-r',
      `${place}:v1`,
      `${folder.path}/copy:v1`,
    );
    const layout = openRegistry(`oci:${folder.path}`, { env: {}, cwd: '/' }).repository('copy');
    expect((await layout.resolve('v1'))?.digest).toBe(index.digest);
    expect((await layout.referrers(index.digest)).map(({ digest }) => digest)).toEqual([
      note.digest,
    ]);
    expect(await validateRepository(layout)).toEqual([]);
  });

  it('we read what oras attached, beside our own', async (context) => {
    const oras = await need('oras', context);
    await using folder = await temporaryFolder();
    const { repository, index, note } = await publish('of-oras');
    const file = join(folder.path, 'note.txt');
    await writeFile(file, 'theirs');
    const place = `${server.host}/of-oras@${index.digest}`;
    await oras.run(
      'attach',
      '--plain-http',
      '--artifact-type',
      'text/theirs',
      '--disable-path-validation',
      place,
      `${file}:text/plain`,
    );

    const [theirs] = await repository.referrers(index.digest, 'text/theirs');
    const both = await repository.referrers(index.digest);

    expect(both.map(({ digest }) => digest)).toEqual(
      expect.arrayContaining([note.digest, theirs?.digest]),
    );
    const artifact = theirs && (await readArtifact(repository, theirs));
    expect(String(artifact?.layers[0]?.bytes)).toBe('theirs');
  });

  it('skopeo copies our index whole, and we read its copy', async (context) => {
    const skopeo = await need('skopeo', context);
    const { index } = await publish('for-skopeo');
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--insecure-policy'];
    const [from, to] = [
      `docker://${server.host}/for-skopeo:v1`,
      `docker://${server.host}/of-skopeo:v2`,
    ];
    await skopeo.run('copy', '--all', '--preserve-digests', ...plain, from, to);

    const { descriptor, manifest } = await readManifest(open('of-skopeo'), 'v2');

    expect(descriptor.digest).toBe(index.digest);
    expect(isIndex(manifest) && manifest.manifests.length).toBe(2);
    expect(await validateRepository(open('of-skopeo'))).toEqual([]);
    expect(await open('of-skopeo').resolve(digestOf('nothing'))).toBeUndefined();
  });

  it.each([
    ['linux/amd64', ['linux/amd64/v2', 'linux/amd64', 'linux/arm64']],
    ['linux/arm64', ['linux/arm64/v8', 'linux/amd64']],
    ['linux/arm64/v8', ['linux/arm64', 'linux/arm64/v8']],
  ])('we choose for %s of %j what skopeo chooses', async (wanted, listed) => {
    const skopeo = await findPeer('skopeo');
    if ('why' in skopeo) return;
    const here = open(`platforms/${digestOf(wanted).slice(7, 19)}`);
    const platforms = listed.map(platformOf);
    const images = await Promise.all(
      platforms.map(async (platform, at) => ({
        ...(await putImage(here, { seed: listed[at], labels: { of: listed[at] ?? '' }, layers })),
        platform,
      })),
    );
    await putIndex(here, images, { tag: 'v1', annotations: {} });
    const { os, architecture, variant } = platformOf(wanted);
    const choice = ['--override-os', os, '--override-arch', architecture];
    const more = variant ? ['--override-variant', variant] : [];
    const reference = `docker://${here.name}:v1`;

    const theirs = await skopeo.run(...choice, ...more, 'inspect', '--tls-verify=false', reference);
    const ours = await openImage(here, 'v1', { platform: platformOf(wanted) });

    expect(ours.config.labels).toEqual((JSON.parse(theirs) as { Labels: object }).Labels);
  });

  it('we read an image of Docker schema 2 that skopeo wrote, and copy it as it is', async (context) => {
    const skopeo = await need('skopeo', context);
    await publish('to-docker');
    const plain = ['--src-tls-verify=false', '--dest-tls-verify=false', '--insecure-policy'];
    const [from, to] = [
      `docker://${server.host}/to-docker:v1`,
      `docker://${server.host}/docker:v2s2`,
    ];
    await skopeo.run('copy', '--format', 'v2s2', ...plain, from, to);

    const here = memoryRepository();
    const { root } = await copy(open('docker'), here, 'v2s2', { tags: ['v2s2'] });
    await copy(here, open('docker/again'), root, { tags: ['v2s2'] });

    expect(root.mediaType).toBe('application/vnd.docker.distribution.manifest.v2+json');
    expect(await validateRepository(here)).toEqual([]);
    expect((await open('docker/again').resolve('v2s2'))?.digest).toBe(root.digest);
  });
});
