/**
 * The same image and kmods promoted with `trust` and without it, in turn, in one repository of a
 * docker-registry, each time from another stable image; what is promoted was described when it
 * passed its gates. Goals: at most twice the time, no bytes of layers. Argument: megabytes of the
 * image, in layers of gzip (100).
 */
import { generateKeyPairSync, randomFillSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { asImage } from '../src/oci/artifact.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { readManifest } from '../src/oci/manifest.ts';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry } from '../src/oci/repository.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { startFaultProxy } from '../src/oci/testing/fault-proxy.ts';
import { gzipLayer, putLayers, tarLayer } from '../src/oci/testing/layers.ts';
import { openImageTree } from '../src/oci/tree/tree.ts';
import { inputsDigest } from '../src/release/inputs/inputs.ts';
import { storeInputs } from '../src/release/kept/inputs.ts';
import { promoteArtifacts } from '../src/release/promotion/promote.ts';
import { hostSignatures } from '../src/release/promotion/signatures.ts';
import { IMAGE_ANNOTATION } from '../src/release/record/annotations.ts';
import { recordDescription } from '../src/release/record/description.ts';
import { missingPasses, recordVerdict } from '../src/release/record/verdicts.ts';
import { aDebianInputs } from '../src/release/testing/inputs.ts';
import { signedStream, trustBy } from '../src/release/testing/signed-promotion.ts';
import { hostFiles } from '../src/trust/hosts/host-files.ts';
import { describeImage, isDescribed } from '../src/trust/image-description.ts';
import { median } from './measure/process.ts';

const MEGABYTES = Number(process.argv[2] ?? 100);
const PACKAGES = 500;
const ROUNDS = 9;
const GATES = ['package', 'contents', 'abi', 'boot'] as const;
const WAYS = {
  plain: 'without trust',
  signed: 'with trust (goal: 2 times, 0 bytes of layers)',
  undescribed: 'with trust, of an image that was not described',
};
type Way = keyof typeof WAYS;
const ways = Object.keys(WAYS) as Way[];
const now = () => new Date();

await using server = await startDockerRegistry();
await using proxy = await startFaultProxy({ target: server.host });
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const trust = trustBy(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
const inputs = aDebianInputs();
const filling = [1, 2, 3, 4].map((at) => {
  const noise = randomFillSync(Buffer.alloc((MEGABYTES / 4) * 1e6));
  return gzipSync(tarLayer({ [`usr/share/${at}`]: noise }), { level: 1 });
});
const rounds: Record<Way, Measured>[] = [];
// The first loads what the others use, and has no stable image before it.
for (let round = 0; round <= ROUNDS; round++) {
  const measured = {
    plain: await promoted('plain', round),
    signed: await promoted('signed', round),
  };
  rounds.push({ ...measured, undescribed: await promoted('undescribed', round) });
}
for (const way of ways) {
  const of = (what: keyof Measured) => median(rounds.slice(1).map((round) => round[way][what]));
  const ratio = median(rounds.slice(1).map((round) => round[way].ms / round.plain.ms));
  console.log(
    `promotion of ${MEGABYTES} MB ${WAYS[way]}: ${of('ms').toFixed(0)} ms, ${ratio.toFixed(2)} times, ${of('requests')} requests, ${of('layerBytes')} bytes of layers`,
  );
}

interface Measured {
  ms: number;
  requests: number;
  layerBytes: number;
}

async function promoted(way: Way, round: number): Promise<Measured> {
  const location = `${proxy.host}/${way}`;
  const stream = signedStream(location);
  const direct = openRegistry(`${server.host}/${way}`, { env: {}, cwd: '/' });
  const { image, kmods } = await candidate(direct, { way, round, location });
  const registry = openRegistry(location, { env: {}, cwd: '/' });
  const by = way === 'plain' ? undefined : trust;
  const gates = new Map(GATES.map((gate) => [gate, 'v1']));
  const audit = [`stable-${round}`];
  const artifacts = [
    { repository: 'kmods', digest: kmods.digest, audit, moving: ['main-12'] },
    { repository: 'image', digest: image.digest, audit, moving: ['latest', 'main-12'] },
  ];
  proxy.log.splice(0);
  const started = performance.now();
  const signatures = await hostSignatures(stream, { registry, trust: by, now });
  await promoteArtifacts(
    { id: `20261127t0000${String(round).padStart(2, '0')}z-0000`, artifacts },
    {
      registry,
      mayPromote: async (repository, digest) =>
        repository.name.endsWith('kmods')
          ? []
          : missingPasses(repository, digest, { gates, seals: by?.verdicts }),
      signatures,
      seals: by?.records,
      now,
    },
  );
  const ms = performance.now() - started;
  const { layers } = asImage(await readManifest(direct.repository('image'), image)).manifest;
  const ofLayers = proxy.log.filter(({ path }) =>
    layers.some(({ digest }) => path.endsWith(digest)),
  );
  const layerBytes = ofLayers.reduce((sum, { responseBytes }) => sum + responseBytes, 0);
  return { ms, requests: proxy.log.length, layerBytes };
}

/** An image and kmods that have passed their gates. */
async function candidate(
  registry: Registry,
  { way, round, location }: { way: Way; round: number; location: string },
): Promise<Record<'image' | 'kmods', Descriptor>> {
  const [os, others] = [registry.repository('image'), registry.repository('kmods')];
  await storeInputs(os, inputs);
  const keys = [trust.signer.publicKey];
  const policy = hostFiles({ name: 'bench', scopes: [`${location}/image`], keys, enforce: true });
  const files = Object.fromEntries(policy.map(({ path, text }) => [path, text]));
  const status = Array.from({ length: PACKAGES }, (_, at) => stanza(at)).join('\n');
  const top = gzipLayer({ 'var/lib/dpkg/status': status, 'etc/seed': String(round), ...files });
  const annotations = { [IMAGE_ANNOTATION.inputs]: inputsDigest(inputs) };
  const image = await putLayers(os, [...filling, top], { annotations });
  const kmods = await putLayers(others, [gzipLayer({ seed: String(round) })]);
  const seals = way === 'plain' ? undefined : trust.verdicts;
  const said = { subject: image.digest, result: 'pass', terms: 'v1' } as const;
  for (const gate of GATES)
    await recordVerdict(os, image, {
      ...said,
      gate,
      findings: [],
      time: now().toISOString(),
      seals,
    });
  if (way === 'signed') {
    const description = await describeImage(await openImageTree(os, image, { keep: isDescribed }));
    await recordDescription(os, image, { description, seals: trust.verdicts });
  }
  return { image, kmods };
}

function stanza(at: number): string {
  return `Package: package-${at}\nStatus: install ok installed\nMaintainer: Somebody <somebody@example.org>\nArchitecture: amd64\nVersion: 1.${at}-1\nSource: source-${at}\n`;
}
