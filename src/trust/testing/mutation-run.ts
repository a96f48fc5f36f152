import fc from 'fast-check';
import type { ArtifactLayer } from '../../oci/artifact.ts';
import { openRegistry } from '../../oci/open/open.ts';
import { startDockerRegistry } from '../../oci/testing/docker-registry.ts';
import { putImage } from '../../oci/testing/image.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { findPeer } from '../../system/testing/peers.ts';
import { certificateMaker } from './authority.ts';
import { aSigner } from './keys.ts';
import { judged, type MutatedCase, mutatedCases } from './mutated-host.ts';
import { putSignatures } from './scene.ts';
import { hostMaker, pull } from './skopeo.ts';

/** What came of many damaged cases. */
export interface MutationRun {
  /** Numbers of what we said. */
  said: Record<'accepted' | 'refused' | 'config', number>;
  /** How many of those that we accepted skopeo was shown. */
  shown: number;
  /** Those that skopeo did not accept. */
  wrong: (Pick<MutatedCase, 'of' | 'policy'> & {
    payload: string;
    annotations: ArtifactLayer['annotations'];
    said: string;
  })[];
}

const EMAIL = 'maintainer@example.org';

/**
 * Shows damaged policies, payloads, signatures and certificates to our judge, and what it accepts to
 * skopeo, on an image in a registry. What our judge throws ends the run.
 */
export async function runMutations(count: number, seed: number): Promise<MutationRun> {
  await using server = await startDockerRegistry();
  await using folder = await temporaryFolder();
  const skopeo = await findPeer('skopeo-sid');
  if ('why' in skopeo) throw new Error(skopeo.why);
  const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository('os');
  const image = await putImage(repository, { layers: [Buffer.alloc(1024)], tag: 'v1' });
  const reference = `${server.host}/os:v1`;
  const made = certificateMaker(folder.path);
  const root = made.authority('root');
  const extensions = ['extendedKeyUsage=codeSigning', `subjectAltName=email:${EMAIL}`];
  const leaf = made.leaf('leaf', { by: root, extensions });
  const whole = { image, reference, signer: aSigner(), root, leaf, email: EMAIL };
  const makeHost = hostMaker(folder.path);
  const run: MutationRun = { said: { accepted: 0, refused: 0, config: 0 }, shown: 0, wrong: [] };

  const show = async (one: MutatedCase) => {
    run.shown += 1;
    await putSignatures(repository, image, [one.layer]);
    const host = { reference, policy: one.policy };
    const { verdict, said } = await pull(skopeo, host, await makeHost(host));
    if (verdict === 'accepted') return;
    const { policy, layer } = one;
    const payload = Buffer.from(layer.bytes).toString();
    run.wrong.push({ of: one.of, policy, payload, annotations: layer.annotations, said });
  };
  for (const one of fc.sample(mutatedCases(whole), { numRuns: count, seed })) {
    const verdict = await judged(one, { digest: image.digest, reference });
    run.said[verdict] += 1;
    if (verdict === 'accepted') await show(one);
  }
  return run;
}
