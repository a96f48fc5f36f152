import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SingleConfig, type Stream } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import type { Digest } from '../../system/digest.ts';
import { BUNDLE_TYPE } from '../../trust/bundle/bundle.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { acceptedBy, PASSWORD } from '../../trust/testing/clients.ts';
import { JOB, jobToken, type KeylessLab, openKeylessLab } from '../../trust/testing/keyless-lab.ts';
import { openTrust } from '../context/trust.ts';
import { inputsDigest } from '../inputs/inputs.ts';
import { storeInputs } from '../kept/inputs.ts';
import { IMAGE_ANNOTATION } from '../record/annotations.ts';
import { aDebianInputs } from '../testing/inputs.ts';
import { promoteArtifacts } from './promote.ts';
import { hostSignatures } from './signatures.ts';

const why = whyNoRegistry();
const { identity, issuer } = JOB;

describe.skipIf(why != null)(`a promotion that signs as its job too ${why ?? ''}`, () => {
  let lab: KeylessLab;
  let registry: Registry;
  let keyFile: string;
  let runs = 0;

  beforeAll(async () => {
    lab = await openKeylessLab();
    registry = openRegistry(lab.server.host, { env: {}, cwd: '/' });
    const pair = await makeKeyPair(PASSWORD);
    ({ keyFile } = pair);
    await writeFile(join(lab.folder, 'key.pub'), pair.publicKey.pem);
  }, 300_000);
  afterAll(() => lab[Symbol.asyncDispose]());

  const streamOf = (keyless: object): Stream =>
    SingleConfig.parse({
      version: 1,
      name: 'os',
      base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
      modules: [{ name: 'zfs', debian: 'zfs-linux' }],
      publish: { registry: lab.server.host, image: 'os', kmods: 'kmods' },
      trust: {
        key: 'env:KEY',
        password: 'env:PASSWORD',
        keyless: { token: 'env:TOKEN', ...lab.sigstore.services, root: 'root.json', ...keyless },
      },
    });

  async function putOs(seed: string): Promise<Digest> {
    const repository = registry.repository('os');
    const inputs = aDebianInputs();
    await storeInputs(repository, inputs);
    const annotations = { [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs) };
    return (await putLayers(repository, [gzipLayer({ seed })], { annotations })).digest;
  }

  async function promote(stream: Stream, digest: Digest): Promise<void> {
    const env = { KEY: keyFile, PASSWORD, TOKEN: jobToken() };
    const trust = await openTrust(stream, { env, project: lab.folder, now: () => new Date() });
    const options = { registry, now: () => new Date() };
    const signatures = await hostSignatures(stream, { ...options, trust });
    const artifacts = [{ repository: 'os', digest, audit: [], moving: ['latest'] }];
    const id = `20261126t00000${runs++}z-0000`;
    await promoteArtifacts(
      { id, artifacts },
      { ...options, signatures, mayPromote: async () => [] },
    );
  }

  const acceptedFor = (digest: Digest, who?: { identity: string; issuer: string }) =>
    lab.acceptedFor(`os@${digest}`, who);

  const stable = async () => (await registry.repository('os').resolve('latest'))?.digest;

  it('is accepted for the job by both cosigns, by the key by hosts too, and for nobody else', async () => {
    const digest = await putOs('one');

    await promote(streamOf({ issuer }), digest);

    expect(await stable()).toBe(digest);
    expect(await acceptedFor(digest)).toEqual(['cosign2', 'cosign3', 'provenance']);
    expect(await acceptedFor(digest, { identity: `${identity}x`, issuer })).toEqual([]);
    expect(await acceptedFor(digest, { identity, issuer: `${issuer}x` })).toEqual([]);
    const { server, clients, folder } = lab;
    const byKey = { image: `${server.host}/os@${digest}`, key: join(folder, 'key.pub'), folder };
    expect(await acceptedBy(clients, byKey)).toEqual(['cosign2', 'cosign3', 'skopeo']);
  }, 120_000);

  it('adds nothing to what it signed before, by its root of trust', async () => {
    const digest = await putOs('two');
    const count = async () =>
      (await registry.repository('os').referrers(digest, BUNDLE_TYPE)).length;
    await promote(streamOf({}), digest);
    const before = await count();
    await promote(streamOf({}), await putOs('between'));

    await promote(streamOf({}), digest);

    expect([before, await count()]).toEqual([6, 6]);
  }, 120_000);

  it('moves nothing with the token of another issuer', async () => {
    const [before, digest] = [await stable(), await putOs('three')];

    await expect(promote(streamOf({ issuer: `${issuer}x` }), digest)).rejects.toThrow(
      /the identity token is of https:\/\/token\.example\.org, not of/,
    );

    expect(await stable()).toBe(before);
    expect(await registry.repository('os').referrers(digest)).toEqual([]);
  }, 60_000);
});
