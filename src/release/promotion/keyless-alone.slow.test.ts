import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SingleConfig, type Stream } from '../../config/schema.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import type { Digest } from '../../system/digest.ts';
import { hostFiles } from '../../trust/hosts/host-files.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { PASSWORD } from '../../trust/testing/clients.ts';
import { JOB, jobToken, type KeylessLab, openKeylessLab } from '../../trust/testing/keyless-lab.ts';
import { lookTrust, openTrust } from '../context/trust.ts';
import { readHistory } from '../history/history.ts';
import { inputsDigest } from '../inputs/inputs.ts';
import { storeInputs } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { missingPasses, readVerdicts, recordVerdict } from '../record/verdicts.ts';
import { signatureState } from '../status/signature.ts';
import { aDebianInputs } from '../testing/inputs.ts';
import { promoteArtifacts } from './promote.ts';
import { hostSignatures } from './signatures.ts';

const why = whyNoRegistry();
const { identity, issuer } = JOB;
const now = () => new Date();
const LOG = '/api/v1/log/entries';

describe.skipIf(why != null)(`a stream that its job alone signs for ${why ?? ''}`, () => {
  let lab: KeylessLab;
  let registry: Registry;
  let runs = 0;

  beforeAll(async () => {
    lab = await openKeylessLab();
    registry = openRegistry(lab.server.host, { env: {}, cwd: '/' });
  }, 300_000);
  afterAll(() => lab[Symbol.asyncDispose]());

  const streamOf = (image: string, trust: object = {}, keyless: object = {}): Stream =>
    SingleConfig.parse({
      version: 1,
      name: 'os',
      base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', debian: 'zfs-linux' }],
      publish: { registry: lab.server.host, image, kmods: `${image}-kmods`, stable: ['latest'] },
      trust: {
        keyless: { token: 'env:TOKEN', ...lab.sigstore.services, root: 'root.json', ...keyless },
        ...trust,
      },
    });

  /** The job that calls; each has another address. */
  const trustOf = (stream: Stream, sub?: string) =>
    openTrust(stream, { env: { TOKEN: jobToken(sub) }, project: lab.folder, now });

  async function putOs(image: string, seed: string, files: Record<string, string> = {}) {
    const repository = registry.repository(image);
    const inputs = aDebianInputs();
    await storeInputs(repository, inputs);
    const annotations = { [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs) };
    return putLayers(repository, [gzipLayer({ seed, ...files })], { annotations });
  }

  /** Records a pass of the gate abi by a job. */
  async function pass(stream: Stream, subject: Descriptor, sub?: string): Promise<void> {
    await recordVerdict(registry.repository(stream.publish.image), subject, {
      gate: 'abi',
      result: 'pass',
      subject: subject.digest,
      terms: 'v2',
      findings: [],
      time: now().toISOString(),
      seals: (await trustOf(stream, sub))?.verdicts,
    });
  }

  async function promote(stream: Stream, digest: Digest, sub?: string): Promise<void> {
    const { image } = stream.publish;
    const trust = await trustOf(stream, sub);
    const options = { registry, now };
    const signatures = await hostSignatures(stream, { ...options, trust });
    const id = `20261126t00000${runs++}z-0000`;
    const audit = [`stable-${id}-${digest.slice(7, 14)}`];
    const gates = new Map([['abi', 'v2']] as const);
    await promoteArtifacts(
      { id, artifacts: [{ repository: image, digest, audit, moving: ['latest'] }] },
      {
        ...options,
        signatures,
        seals: trust?.records,
        mayPromote: (repository, one) =>
          missingPasses(repository, one, { gates, seals: trust?.verdicts }),
      },
    );
  }

  const acceptedFor = (image: string, digest: Digest, who?: { identity: string; issuer: string }) =>
    lab.acceptedFor(`${image}@${digest}`, who);
  const stable = async (image: string) =>
    (await registry.repository(image).resolve('latest'))?.digest;

  it('is promoted on verdicts of the job, and accepted by both cosigns for it and nobody else', async () => {
    const stream = streamOf('alone', {}, { identity, issuer });
    const image = await putOs('alone', 'one');
    const { digest } = image;
    await pass(stream, image);
    // Verdicts are signed, and no signature of the image.
    expect(await acceptedFor('alone', digest)).toEqual([]);

    await promote(stream, digest);

    expect(await stable('alone')).toBe(digest);
    expect(await acceptedFor('alone', digest)).toEqual(['cosign2', 'cosign3', 'provenance']);
    expect(await acceptedFor('alone', digest, { identity: `${identity}x`, issuer })).toEqual([]);
    expect(await acceptedFor('alone', digest, { identity, issuer: `${issuer}x` })).toEqual([]);
  }, 120_000);

  it('is known again by who only looks, with verdicts, records and signatures of the job', async () => {
    const stream = streamOf('known', {}, { identity, issuer });
    const image = await putOs('known', 'one');
    await pass(stream, image);
    await promote(stream, image.digest);
    const repository = registry.repository('known');

    const looked = await lookTrust(stream, { env: {}, project: lab.folder });

    expect(await signatureState(repository, image.digest, looked.signers)).toBe('signed');
    expect([...(await readVerdicts(repository, image.digest, looked.verdicts)).keys()]).toEqual([
      'abi',
    ]);
    const [latest] = await readHistory(stream, { registry, seals: looked.records, tag: 'latest' });
    expect(latest).toMatchObject({ findings: [], links: [{ signed: true, sequence: 1 }] });
    const other = streamOf('known', {}, { identity: `${identity}x`, issuer });
    const stranger = await lookTrust(other, { env: {}, project: lab.folder });
    expect(await signatureState(repository, image.digest, stranger.signers)).toBe('unsigned');
    expect((await readVerdicts(repository, image.digest, stranger.verdicts)).size).toBe(0);
    // Without a name only the job itself can tell whom it is.
    expect(await lookTrust(streamOf('known'), { env: {}, project: lab.folder })).toEqual({});
  }, 120_000);

  it('moves nothing on verdicts of another job, whatever is newer, but on those of one that is named', async () => {
    const stream = streamOf('foreign');
    const image = await putOs('foreign', 'one');
    const other = `${identity}x`;
    await pass(stream, image, other);

    await expect(promote(stream, image.digest)).rejects.toThrow(
      /gate abi has no recorded pass .* signed, by nobody whose verdicts count/,
    );

    expect(await stable('foreign')).toBeUndefined();
    const root = 'root.json';
    const verdicts = [
      { identity, issuer, root },
      { identity: other, issuer, root },
    ];
    await promote(streamOf('foreign', { verdicts }), image.digest);
    expect(await stable('foreign')).toBe(image.digest);
    expect(await acceptedFor('foreign', image.digest)).toEqual([
      'cosign2',
      'cosign3',
      'provenance',
    ]);
  }, 120_000);

  it('enters nothing in the log of an image whose hosts ask for a key', async () => {
    const stream = streamOf('hosts');
    const { publicKey } = await makeKeyPair(PASSWORD);
    const files = hostFiles({
      name: 'os',
      scopes: [`${lab.server.host}/hosts`],
      keys: [publicKey],
    });
    const layer = Object.fromEntries(files.map(({ path, text }) => [path, text]));
    const image = await putOs('hosts', 'one', layer);
    await pass(stream, image);
    const before = lab.sigstore.requests.get(LOG);

    await expect(promote(stream, image.digest)).rejects.toMatchObject({
      findings: [expect.objectContaining({ hint: expect.stringContaining('hosts need a key') })],
    });

    expect(await stable('hosts')).toBeUndefined();
    expect(await acceptedFor('hosts', image.digest)).toEqual([]);
    // The intent of the promotion alone.
    expect(lab.sigstore.requests.get(LOG)).toBe((before ?? 0) + 1);
  }, 60_000);

  it('refuses a job that is not named, before anything is made', async () => {
    const named = streamOf('named', {}, { identity, issuer });

    await expect(trustOf(named, `${identity}x`)).rejects.toMatchObject({
      code: 'usage',
      message: `the certificate names ${identity}x, not ${identity}`,
    });
  });
});
