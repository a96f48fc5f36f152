import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SingleConfig, type Stream } from '../../config/schema.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../../oci/testing/docker-registry.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { openImageTree } from '../../oci/tree/tree.ts';
import type { Digest } from '../../system/digest.ts';
import { BUNDLE_TYPE } from '../../trust/bundle/bundle.ts';
import { hostFiles } from '../../trust/hosts/host-files.ts';
import type { PublicKey } from '../../trust/key/public-key.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { parseImageName } from '../../trust/policy/image-name.ts';
import { registrySubject } from '../../trust/policy/subject.ts';
import { SUMMARY_PREDICATE } from '../../trust/predicate/summary.ts';
import { signatureTag } from '../../trust/signature/image.ts';
import { findHost } from '../../trust/simulate/host.ts';
import { simulate } from '../../trust/simulate/simulate.ts';
import { acceptedBy, type Clients, findClients } from '../../trust/testing/clients.ts';
import { openTrust } from '../context/trust.ts';
import { inputsDigest } from '../inputs/inputs.ts';
import { storeInputs } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { readVerdicts, recordVerdict } from '../record/verdicts.ts';
import { dependenciesOf } from '../statements/dependencies.ts';
import { aDebianInputs } from '../testing/inputs.ts';
import { putKmods } from '../testing/kmods.ts';
import { promoteArtifacts } from './promote.ts';
import { hostSignatures } from './signatures.ts';

const PASSWORD = 'correct horse';
const why = whyNoRegistry();
const now = () => new Date('2026-11-26T20:00:00Z');

describe.skipIf(why != null)(`promotion that signs ${why ?? ''}`, () => {
  let server: RegistryServer;
  let registry: Registry;
  let clients: Clients;
  let keys: { keyFile: string; publicKey: PublicKey }[];
  let runs = 0;

  beforeAll(async () => {
    server = await startDockerRegistry();
    registry = openRegistry(server.host, { env: {}, cwd: '/' });
    const found = await findClients(join(server.folder, 'clients'));
    if ('why' in found) throw new Error(found.why);
    clients = found;
    keys = await Promise.all([makeKeyPair(PASSWORD), makeKeyPair(PASSWORD)]);
    for (const [at, { publicKey }] of keys.entries())
      await writeFile(join(server.folder, `${at}.pub`), publicKey.pem);
  }, 300_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const streamOf = (image: string, trust: object = {}): Stream =>
    SingleConfig.parse({
      version: 1,
      name: image,
      base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', debian: 'zfs-linux' }],
      publish: { registry: server.host, image, kmods: `${image}-kmods` },
      trust: { key: 'env:KEY', password: 'env:PASSWORD', ...trust },
    });

  /** An image that holds what its hosts judge by: these keys. */
  function putOs(
    image: string,
    seed: string,
    trusted: readonly number[],
    annotations: Record<string, string> = {},
  ) {
    const files = hostFiles({
      name: image,
      scopes: [`${server.host}/${image}`],
      keys: trusted.flatMap((at) => keys[at]?.publicKey ?? []),
    });
    const layer = Object.fromEntries(files.map(({ path, text }) => [path, text]));
    return putLayers(registry.repository(image), [gzipLayer({ 'etc/seed': seed, ...layer })], {
      annotations,
    });
  }

  async function promote(stream: Stream, digest: Digest, key: number, kmods?: Digest) {
    const { image } = stream.publish;
    const env = { KEY: keys[key]?.keyFile ?? '', PASSWORD };
    const trust = await openTrust(stream, { env, project: '/', now });
    const signatures = await hostSignatures(stream, { registry, trust, now });
    const id = `20261126t00000${runs++}z-0000`;
    const audit = [`stable-${id}-${digest.slice(7, 14)}`];
    const artifacts = [
      ...(kmods ? [{ repository: `${image}-kmods`, digest: kmods, audit, moving: ['main'] }] : []),
      { repository: image, digest, audit, moving: ['latest'] },
    ];
    return promoteArtifacts(
      { id, artifacts },
      { registry, mayPromote: async () => [], signatures, seals: trust?.records, now },
    );
  }

  const isSigned = async (image: string, digest: Digest) =>
    (await registry.repository(image).resolve(signatureTag(digest))) != null;

  const accepted = (image: string, key: number, folder = join(server.folder, 'clients')) =>
    acceptedBy(clients, {
      image: `${server.host}/${image}`,
      key: join(server.folder, `${key}.pub`),
      folder,
    });

  /** What a host with an image would say to another one. */
  async function foretold(image: string, by: Digest, pulled: string) {
    const repository = registry.repository(image);
    const platform = { os: 'linux', architecture: 'amd64' };
    const host = await findHost(await openImageTree(repository, by, { platform }));
    const name = parseImageName(`${server.host}/${image}:latest`);
    if (!host || !name) throw new Error(`${by} has no policy`);
    const subject = registrySubject(name, 'docker');
    const terms = { host, subject, platform, now: now(), requireSigned: true };
    return simulate(repository, pulled, terms);
  }

  it('signs before a tag moves what both cosigns and skopeo then accept', async () => {
    const stream = streamOf('honest');
    const { digest } = await putOs('honest', 'one', [0]);
    expect(await isSigned('honest', digest)).toBe(false);

    await promote(stream, digest, 0);

    expect((await registry.repository('honest').resolve('latest'))?.digest).toBe(digest);
    expect(await accepted(`honest@${digest}`, 0)).toEqual(['cosign2', 'cosign3', 'skopeo']);
    expect(await accepted(`honest@${digest}`, 1)).toEqual([]);
  }, 120_000);

  it('states how what it promotes came about, what it passed and what is in it, to cosign 3', async () => {
    const stream = streamOf('stated');
    const repository = registry.repository('stated');
    const inputs = aDebianInputs();
    await storeInputs(repository, inputs);
    const said = { [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs) };
    const image = await putOs('stated', 'one', [0], said);
    await record('stated', image, 'pass');
    const types = ['slsaprovenance1', SUMMARY_PREDICATE, 'spdxjson'];
    const stated = async (key: number) => {
      const found = await Promise.all(
        types.map((type) => statementOf(`stated@${image.digest}`, type, key)),
      );
      return found.map((one) => one?.predicate);
    };
    expect(await stated(0)).toEqual([undefined, undefined, undefined]);

    await promote(stream, image.digest, 0);

    const [provenance, summary, sbom] = await stated(0);
    expect(provenance).toMatchObject({
      buildDefinition: {
        externalParameters: { stream: inputs.stream, config: inputs.config },
        resolvedDependencies: dependenciesOf(inputs).map(({ digest }) => ({
          digest: { sha256: digest.slice(7) },
        })),
      },
      runDetails: { byproducts: [{ name: 'verdict of the gate abi' }] },
    });
    expect(summary).toMatchObject({
      verificationResult: 'PASSED',
      verifiedLevels: ['LOCKSTEP_GATE_ABI'],
    });
    expect(sbom).toMatchObject({ spdxVersion: 'SPDX-2.3' });
    expect(await stated(1)).toEqual([undefined, undefined, undefined]);
    expect(await accepted(`stated@${image.digest}`, 0)).toEqual(['cosign2', 'cosign3', 'skopeo']);
    await promote(stream, (await putOs('stated', 'two', [0])).digest, 0);
    const before = (await repository.referrers(image.digest, BUNDLE_TYPE)).length;
    await promote(stream, image.digest, 0);
    expect((await repository.referrers(image.digest, BUNDLE_TYPE)).length).toBe(before);
  }, 180_000);

  it('signs kmods with the image, also those whose tag is there, and states what they are of', async () => {
    const stream = streamOf('with');
    const [os, repository] = ['with', 'with-kmods'].map((name) => registry.repository(name));
    const inputs = aDebianInputs();
    if (!os || !repository) throw new Error('no repositories');
    await storeInputs(os, inputs);
    const kmods = await putKmods(repository, inputs);
    const said = { [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs) };
    const first = await putOs('with', 'one', [0, 1], said);
    const reference = `with-kmods@${kmods.digest}`;
    expect(await accepted(reference, 0)).toEqual([]);

    await promote(stream, first.digest, 0, kmods.digest);

    expect(await accepted(reference, 0)).toEqual(['cosign2', 'cosign3', 'skopeo']);
    const types = ['slsaprovenance1', 'spdxjson', SUMMARY_PREDICATE];
    const stated = await Promise.all(types.map((type) => statementOf(reference, type, 0)));
    expect(stated.map((one) => one?.predicate)).toEqual([
      expect.objectContaining({
        buildDefinition: expect.objectContaining({ buildType: 'https://lockstep.dev/kmods/v1' }),
      }),
      expect.objectContaining({ spdxVersion: 'SPDX-2.3' }),
      undefined,
    ]);
    // With a new key, and another image with the very same kmods, whose tag stays where it is.
    const second = await putOs('with', 'two', [0, 1], said);
    const { plan } = await promote(stream, second.digest, 1, kmods.digest);
    expect(plan.moves.map(({ tag }) => tag)).toEqual(['latest']);
    expect(await accepted(reference, 1)).toEqual(['cosign2', 'cosign3', 'skopeo']);
  }, 180_000);

  /** What cosign 3 finds stated by a key, undefined when it says no. */
  async function statementOf(image: string, type: string, key: number) {
    const { status, stdout } = await clients.cosign3(
      'verify-attestation',
      '--type',
      type,
      '--key',
      join(server.folder, `${key}.pub`),
      '--insecure-ignore-tlog=true',
      '--trusted-root',
      clients.emptyRoot,
      `${server.host}/${image}`,
    );
    if (status !== 0) return undefined;
    const { payload } = JSON.parse(stdout) as { payload: string };
    return JSON.parse(Buffer.from(payload, 'base64').toString()) as { predicate: unknown };
  }

  /** Records a signed verdict of the gate abi. */
  async function record(image: string, subject: Descriptor, result: 'pass' | 'fail') {
    const env = { KEY: keys[0]?.keyFile ?? '', PASSWORD };
    const trust = await openTrust(streamOf(image), { env, project: '/', now });
    await recordVerdict(registry.repository(image), subject, {
      gate: 'abi',
      result,
      subject: subject.digest,
      terms: 'v2',
      findings: [],
      time: now().toISOString(),
      seals: trust?.verdicts,
    });
  }

  it('lets nobody take the signed verdicts of a candidate for its signature', async () => {
    const repository = registry.repository('failed');
    const image = await putOs('failed', 'one', [0]);
    const trust = await openTrust(streamOf('failed'), {
      env: { KEY: keys[0]?.keyFile ?? '', PASSWORD },
      project: '/',
      now,
    });
    for (const [gate, result] of [
      ['abi', 'pass'],
      ['boot', 'fail'],
    ] as const) {
      await recordVerdict(repository, image, {
        gate,
        result,
        subject: image.digest,
        terms: 'v2',
        findings: [],
        time: now().toISOString(),
        seals: trust?.verdicts,
      });
    }
    expect((await readVerdicts(repository, image.digest, trust?.verdicts)).size).toBe(2);

    const reference = `failed@${image.digest}`;
    expect(await accepted(reference, 0)).toEqual([]);
    for (const cosign of [clients.cosign2, clients.cosign3]) {
      const key = join(server.folder, '0.pub');
      const flags = ['--insecure-ignore-tlog=true', '--key', key];
      const told = await cosign('verify', ...flags, `${server.host}/${reference}`);
      expect(told.stderr).toMatch(/no signatures/);
    }
  }, 60_000);

  it('refuses a key that hosts do not know yet, moves nothing and leaves nothing signed', async () => {
    const stream = streamOf('rotated');
    const first = await putOs('rotated', 'one', [0]);
    await promote(stream, first.digest, 0);
    const early = await putOs('rotated', 'two', [1]);

    await expect(promote(stream, early.digest, 1)).rejects.toThrow(/host-refuses/);

    expect((await registry.repository('rotated').resolve('latest'))?.digest).toBe(first.digest);
    expect(await isSigned('rotated', early.digest)).toBe(false);
    expect(
      (await registry.repository('rotated').tags()).filter((tag) =>
        tag.includes(early.digest.slice(7, 14)),
      ),
    ).toEqual([]);
  }, 120_000);

  it('rotates a key over three promotions', async () => {
    const stream = streamOf('three');
    const digests: Digest[] = [];
    for (const [seed, trusted, key] of [
      ['one', [0], 0],
      ['two', [0, 1], 0],
      ['three', [1], 1],
    ] as const) {
      const { digest } = await putOs('three', seed, trusted);
      await promote(stream, digest, key);
      digests.push(digest);
    }

    expect((await registry.repository('three').resolve('latest'))?.digest).toBe(digests[2]);
    // A host that skipped the second image knows the old key alone, which is foretold.
    const [, , last = ''] = digests;
    const answers = await Promise.all(digests.map((by) => foretold('three', by, last)));
    expect(answers.map(({ accepted }) => accepted)).toEqual([false, true, true]);
    expect(await accepted(`three@${digests[2]}`, 0)).toEqual([]);
    expect(await accepted(`three@${digests[2]}`, 1)).toEqual(['cosign2', 'cosign3', 'skopeo']);
  }, 120_000);

  it('refuses an image whose own policy would not accept it, the first one too', async () => {
    const stream = streamOf('own');
    const { digest } = await putOs('own', 'one', [1]);

    await expect(promote(stream, digest, 0)).rejects.toMatchObject({
      code: 'gate-failed',
      findings: [expect.objectContaining({ rule: 'host-refuses' })],
    });
    expect(await registry.repository('own').resolve('latest')).toBeUndefined();
  }, 60_000);

  it('opens no key for a stream without trust, and tells a wrong password without showing it', async () => {
    const { trust: _, ...plain } = streamOf('plain');
    const options = { env: {}, project: '/', now };
    expect(await openTrust(plain, options)).toBeUndefined();

    const env = { KEY: keys[0]?.keyFile ?? '', PASSWORD: 'guessed wrong' };
    const opening = openTrust(streamOf('plain'), { ...options, env });
    await expect(opening).rejects.toThrow();
    await expect(opening).rejects.not.toThrow(/guessed wrong|BEGIN/);
    await expect(openTrust(streamOf('plain'), options)).rejects.toThrow(
      /the variable KEY is not set/,
    );
  }, 60_000);
});
