/**
 * `trust simulate` of 200 tags in one call beside `skopeo copy` for each under the same policy, which
 * is how one asks skopeo; skopeo does a part of them, which is extended to all. What the call asks of
 * the registry is counted by a proxy. Goals: 5 times faster, at most 5 requests a tag.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '../src/oci/open/open.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { startFaultProxy } from '../src/oci/testing/fault-proxy.ts';
import { mapConcurrently } from '../src/system/concurrency.ts';
import { findPeer } from '../src/system/testing/peers.ts';
import { signingWith } from '../src/trust/bundle/signing.ts';
import { signImage } from '../src/trust/sign/sign-image.ts';
import { aSigner } from '../src/trust/testing/keys.ts';
import { putTwoPlatforms } from '../src/trust/testing/signed-image.ts';
import { runTimed } from './processor-time.ts';

const TAGS = 200;
/** Every tenth is asked of skopeo too. */
const STEP = 10;
const main = join(import.meta.dirname, '../dist/main.cjs');

await using server = await startDockerRegistry();
await using proxy = await startFaultProxy({ target: server.host });
const skopeo = await findPeer('skopeo-sid');
if ('why' in skopeo) throw new Error(skopeo.why);
const env = { PATH: process.env.PATH, HOME: server.folder };
const signer = aSigner();
const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository('os');
const tags = Array.from({ length: TAGS }, (_, at) => `v${at}`);
await mapConcurrently(tags, 8, async (tag) => {
  const { index } = await putTwoPlatforms(repository, tag);
  await repository.tag(tag, index);
  const identities = [`${server.host}/os`];
  await signImage(repository, index, {
    signings: [signingWith(signer)],
    identities,
    now: new Date(),
  });
});
const host = await writeHost(server.folder, `${server.host}/os`);

const named = ['--as', `${server.host}/os:latest`];
const places = ['--policy', host.policy, '--registries-d', host.registries, '--root', '/'];
const direct = await simulated(tags.map((tag) => `${server.host}/os:${tag}`));
await simulated(
  tags.map((tag) => `${proxy.host}/os:${tag}`),
  named,
);
const asked = proxy.log.filter(({ path }) => path !== '/v2/').length;
const theirs = { elapsed: 0, seconds: 0 };
for (const tag of tags.filter((_, at) => at % STEP === 0)) {
  const run = await runTimed(skopeo.program, copyArguments(tag), { env });
  theirs.elapsed += run.elapsed * STEP;
  theirs.seconds += run.seconds * STEP;
  await rm(join(server.folder, 'copied'), { recursive: true, force: true });
}
for (const how of ['elapsed', 'seconds'] as const) {
  const what = how === 'elapsed' ? 'by the clock' : 'of the processor';
  console.log(
    `trust simulate of ${TAGS} tags: ${direct[how].toFixed(2)} s ${what}, skopeo ${theirs[how].toFixed(1)} s: ${(theirs[how] / direct[how]).toFixed(1)} times faster (goal 5)`,
  );
}
console.log(`trust simulate: ${(asked / TAGS).toFixed(2)} requests a tag (goal 5)`);

async function simulated(references: readonly string[], more: readonly string[] = []) {
  const words = ['trust', 'simulate', ...references, ...places, ...more, '--json'];
  const run = await runTimed(process.execPath, [main, ...words], { env });
  const results = JSON.parse(run.stdout) as { accepted: boolean }[];
  if (results.filter(({ accepted }) => accepted).length !== TAGS)
    throw new Error('simulate refuses some');
  return run;
}

function copyArguments(tag: string): string[] {
  const under = ['--policy', host.policy, '--registries.d', host.registries];
  const from = `docker://${server.host}/os:${tag}`;
  return [
    ...under,
    'copy',
    '--quiet',
    '--src-tls-verify=false',
    from,
    `dir:${server.folder}/copied`,
  ];
}

/** A host that accepts what the key has signed and nothing else. */
async function writeHost(folder: string, scope: string) {
  const keyPath = join(folder, 'key.pub');
  const policy = join(folder, 'policy.json');
  const registries = join(folder, 'registries.d');
  const signedIdentity = { type: 'matchRepository' };
  const requirement = { type: 'sigstoreSigned', keyPath, signedIdentity };
  const transports = { docker: { [scope]: [requirement] } };
  await mkdir(registries, { recursive: true });
  await writeFile(keyPath, signer.publicKey.pem);
  await writeFile(policy, JSON.stringify({ default: [{ type: 'reject' }], transports }));
  const attachments = { docker: { [scope]: { 'use-sigstore-attachments': true } } };
  await writeFile(join(registries, 'os.yaml'), JSON.stringify(attachments));
  return { policy, registries };
}
