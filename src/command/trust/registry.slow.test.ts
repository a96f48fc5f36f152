import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isIndex, readManifest } from '../../oci/manifest.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { digestTag } from '../../oci/reference.ts';
import { startDockerRegistry, whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { runOk } from '../../system/process.ts';
import { BUNDLE_TYPE } from '../../trust/bundle/bundle.ts';
import { verifyingBy } from '../../trust/bundle/signing.ts';
import { makeKeyPair } from '../../trust/key/signer.ts';
import { putTwoPlatforms } from '../../trust/testing/signed-image.ts';
import { verifyImage } from '../../trust/verify/verify-image.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const why = whyNoRegistry();
const COSIGN_PASSWORD = 'correct horse';
const SIGNERS = 3;

describe.skipIf(why != null)(`lockstep trust sign in several processes ${why ?? ''}`, () => {
  let server: Awaited<ReturnType<typeof startDockerRegistry>>;
  beforeAll(async () => {
    server = await startDockerRegistry();
  });
  afterAll(() => server[Symbol.asyncDispose]());

  it('keeps the signatures of all in a registry that guards no tags', async () => {
    const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository('os/zfs');
    const { index, images } = await putTwoPlatforms(repository);
    const pairs = await Promise.all(
      Array.from({ length: SIGNERS }, () => makeKeyPair(COSIGN_PASSWORD)),
    );

    await Promise.all(
      pairs.map(async ({ keyFile, publicKey }) => {
        const key = join(server.folder, publicKey.fingerprint);
        await writeFile(key, keyFile);
        const words = ['trust', 'sign', `${server.host}/os/zfs:latest`, '--key', key];
        await runOk(process.execPath, [MAIN, ...words], {
          env: { PATH: process.env.PATH, COSIGN_PASSWORD },
        });
      }),
    );

    for (const { publicKey } of pairs) {
      const verifying = verifyingBy([publicKey]);
      const { manifests } = await verifyImage(repository, index, { verifying });
      const forms = manifests.map(({ signatures }) =>
        signatures.filter(({ verified }) => verified).map(({ form }) => form),
      );
      expect(forms).toEqual([1, 2, 3].map(() => ['simplesigning', 'bundle']));
    }
    // gh leaves out the entries of a list that do not say what they are.
    for (const { digest } of [index, ...images]) {
      const { manifest } = await readManifest(repository, digestTag(digest));
      const listed = isIndex(manifest) ? manifest.manifests : [];
      expect(listed.map(({ artifactType }) => artifactType)).toEqual(
        Array.from({ length: SIGNERS }, () => BUNDLE_TYPE),
      );
    }
  });
});
