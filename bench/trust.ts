/**
 * Signing an index of two platforms in both forms beside `cosign sign --recursive` of 2.5 and of 3.1,
 * which write one form each, and verifying it beside cosign 3.1, which verifies the index alone.
 * Whole processes and the same key on a docker-registry, the quickest of five rounds. Goals: signing 3
 * times faster than both cosigns together, verifying at most 2.5 times cosign 3.1.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '../src/oci/open/open.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { findPeer } from '../src/system/testing/peers.ts';
import { makeKeyPair } from '../src/trust/key/signer.ts';
import { findClients, PASSWORD, signArguments } from '../src/trust/testing/clients.ts';
import { putTwoPlatforms } from '../src/trust/testing/signed-image.ts';
import { runTimed, type TimedCall } from './processor-time.ts';

const ROUNDS = 5;
const main = join(import.meta.dirname, '../dist/main.cjs');

await using server = await startDockerRegistry();
const folder = join(server.folder, 'clients');
const clients = await findClients(folder);
if ('why' in clients) throw new Error(clients.why);
const [cosign2, cosign3] = await Promise.all([program('cosign-2'), program('cosign-3')]);
const env = { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: PASSWORD };
const key = join(folder, 'bench.key');
const publicKey = join(folder, 'bench.pub');
const pair = await makeKeyPair(PASSWORD);
await writeFile(key, pair.keyFile);
await writeFile(publicKey, pair.publicKey.pem);

const runs: Record<'sign' | 'sign2' | 'sign3' | 'verify' | 'verify3', TimedCall[]> = {
  sign: [],
  sign2: [],
  sign3: [],
  verify: [],
  verify3: [],
};
for (let round = 0; round < ROUNDS; round += 1) {
  const images = [1, 2, 3].map((number) => publish(`os/round-${round}-${number}`));
  const [one = '', two = '', three = ''] = await Promise.all(images);
  runs.sign.push(await timed(process.execPath, [main, 'trust', 'sign', one, '--key', key]));
  runs.sign2.push(await timed(cosign2, signArguments.cosign2(key, two)));
  runs.sign3.push(await timed(cosign3, signArguments.cosign3(key, three, clients)));
  const words = ['trust', 'verify', one, '--key', publicKey];
  runs.verify.push(await timed(process.execPath, [main, ...words]));
  const root = ['--trusted-root', clients.emptyRoot, '--insecure-ignore-tlog=true'];
  runs.verify3.push(await timed(cosign3, ['verify', '--key', publicKey, ...root, one]));
}

for (const [how, what] of [
  ['elapsed', 'by the clock'],
  ['seconds', 'of the processor'],
] as const) {
  const of = (name: keyof typeof runs) => Math.min(...runs[name].map((run) => run[how]));
  const both = of('sign2') + of('sign3');
  say(
    `sign: ${ms(of('sign'))} ${what} for an index of two platforms in both forms, both cosigns ${ms(both)}: ${(both / of('sign')).toFixed(2)} times faster (goal 3)`,
  );
  say(
    `verify: ${ms(of('verify'))} ${what} for index and images, cosign 3 ${ms(of('verify3'))} for the index: ${(of('verify') / of('verify3')).toFixed(2)} times (goal 2.5)`,
  );
}

async function program(name: 'cosign-2' | 'cosign-3'): Promise<string> {
  const peer = await findPeer(name);
  if ('why' in peer) throw new Error(peer.why);
  return peer.program;
}

/** Puts an index that differs from all others; its reference by digest. */
async function publish(name: string): Promise<string> {
  const repository = openRegistry(server.host, { env: {}, cwd: '/' }).repository(name);
  const { index } = await putTwoPlatforms(repository, name);
  return `${server.host}/${name}@${index.digest}`;
}

function timed(program: string, args: readonly string[]): Promise<TimedCall> {
  return runTimed(program, args, { env });
}

function ms(seconds: number): string {
  return `${(seconds * 1000).toFixed(0)} ms`;
}

function say(line: string): void {
  process.stdout.write(`trust: ${line}\n`);
}
