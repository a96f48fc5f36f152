/**
 * Signing an index of two platforms in both forms beside `cosign sign --recursive` of 2.5 and of 3.1,
 * which write one form each, and verifying it beside cosign 3.1, which verifies the index alone.
 * Whole processes and the same key on a docker-registry, the quickest of five rounds: on this machine,
 * where scrypt and the wait for other signers are all that counts, and a round trip of 20 ms away, as
 * registries are. Goals: signing 3 times faster than both cosigns together where those take 2.8 s,
 * verifying at most 2.5 times cosign 3.1.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openRegistry } from '../src/oci/open/open.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { findPeer } from '../src/system/testing/peers.ts';
import { makeKeyPair } from '../src/trust/key/signer.ts';
import {
  type Clients,
  findClients,
  PASSWORD,
  signArguments,
} from '../src/trust/testing/clients.ts';
import { putTwoPlatforms } from '../src/trust/testing/signed-image.ts';
import { startSlowLink } from './measure/slow-link.ts';
import { runTimed, type TimedCall } from './processor-time.ts';

const ROUNDS = 5;
/** Milliseconds. */
const ROUND_TRIP = 20;
const main = join(import.meta.dirname, '../dist/main.cjs');

await using server = await startDockerRegistry();
const folder = join(server.folder, 'clients');
const clients = await everyClient();
const [cosign2, cosign3] = await Promise.all([program('cosign-2'), program('cosign-3')]);
const env = { PATH: process.env.PATH, HOME: folder, COSIGN_PASSWORD: PASSWORD };
const key = join(folder, 'bench.key');
const publicKey = join(folder, 'bench.pub');
const pair = await makeKeyPair(PASSWORD);
await writeFile(key, pair.keyFile);
await writeFile(publicKey, pair.publicKey.pem);

interface Round {
  sign: TimedCall;
  sign2: TimedCall;
  sign3: TimedCall;
  verify: TimedCall;
  verify3: TimedCall;
}

using link = await startSlowLink(Number(server.host.split(':')[1]), ROUND_TRIP);
await compare('on this machine', server.host);
await compare(`${ROUND_TRIP} ms away`, `127.0.0.1:${link.port}`);

async function compare(place: string, host: string): Promise<void> {
  const rounds: Round[] = [];
  while (rounds.length < ROUNDS) rounds.push(await round(host, rounds.length));
  for (const [how, what] of [
    ['elapsed', 'by the clock'],
    ['seconds', 'of the processor'],
  ] as const) {
    const of = (name: keyof Round) => Math.min(...rounds.map((one) => one[name][how]));
    const both = of('sign2') + of('sign3');
    say(
      `sign, registry ${place}: ${ms(of('sign'))} ${what} for an index of two platforms in both forms, both cosigns ${ms(both)}: ${(both / of('sign')).toFixed(2)} times faster (goal 3)`,
    );
    say(
      `verify, registry ${place}: ${ms(of('verify'))} ${what} for index and images, cosign 3 ${ms(of('verify3'))} for the index: ${(of('verify') / of('verify3')).toFixed(2)} times (goal 2.5)`,
    );
  }
}

async function round(host: string, number: number): Promise<Round> {
  const images = [1, 2, 3].map((image) => publish(host, `os/round-${number}-${image}`));
  const [one = '', two = '', three = ''] = await Promise.all(images);
  const { cosign2: to2, cosign3: to3 } = signArguments;
  const trust = (...words: string[]) => timed(process.execPath, [main, 'trust', ...words]);
  const root = ['--trusted-root', clients.emptyRoot, '--insecure-ignore-tlog=true'];
  return {
    sign: await trust('sign', one, '--key', key),
    sign2: await timed(cosign2, to2(key, two)),
    sign3: await timed(cosign3, to3(key, three, clients)),
    verify: await trust('verify', one, '--key', publicKey),
    verify3: await timed(cosign3, ['verify', '--key', publicKey, ...root, one]),
  };
}

async function everyClient(): Promise<Clients> {
  const found = await findClients(folder);
  if ('why' in found) throw new Error(found.why);
  return found;
}

async function program(name: 'cosign-2' | 'cosign-3'): Promise<string> {
  const peer = await findPeer(name);
  if ('why' in peer) throw new Error(peer.why);
  return peer.program;
}

/** Puts an index that differs from all others; its reference by digest. */
async function publish(host: string, name: string): Promise<string> {
  const repository = openRegistry(host, { env: {}, cwd: '/' }).repository(name);
  const { index } = await putTwoPlatforms(repository, `${host}/${name}`);
  return `${host}/${name}@${index.digest}`;
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
