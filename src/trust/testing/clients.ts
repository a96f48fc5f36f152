import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunResult, run } from '../../system/process.ts';
import { findPeer } from '../../system/testing/peers.ts';
import type { Sigstore } from './sigstore.ts';

/** A client whose answers are compared with ours: every call with its exit status. */
export interface Client {
  (...args: string[]): Promise<RunResult>;
  /** The same with more variables. */
  with(env: Record<string, string>): Client;
}

/** The clients that judge and write signatures, each in a folder and without the network. */
export interface Clients {
  cosign2: Client;
  cosign3: Client;
  skopeo: Client;
  /** Trusts no service of sigstore, so that cosign 3 asks for none. */
  emptyRoot: string;
  /** Names no service of sigstore. */
  noServices: string;
}

/** Writes what clients are told to trust of a stand-in of sigstore, by the names that they are given. */
export async function writeTrusted(folder: string, sigstore: Sigstore): Promise<void> {
  const files = {
    'root.json': sigstore.rootJson,
    'fulcio.pem': sigstore.fulcioPem,
    'rekor.pub': sigstore.rekorPem,
    'ctlog.pub': sigstore.ctlogPem,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

/** The same for cosign 2, which is told by variables. */
export function trustedByCosign2(folder: string): Record<string, string> {
  return {
    SIGSTORE_ROOT_FILE: join(folder, 'fulcio.pem'),
    SIGSTORE_REKOR_PUBLIC_KEY: join(folder, 'rekor.pub'),
    SIGSTORE_CT_LOG_PUBLIC_KEY_FILE: join(folder, 'ctlog.pub'),
  };
}

/** The password of the keys that tests make. */
export const PASSWORD = 'correct horse';

/** Finds the clients; a reason when one cannot be had. */
export async function findClients(folder: string): Promise<Clients | { why: string }> {
  const found = await Promise.all(
    (['cosign-2', 'cosign-3', 'skopeo-sid'] as const).map((name) => findPeer(name)),
  );
  const [cosign2, cosign3, skopeo] = found.map((peer) =>
    'why' in peer ? peer.why : clientOf(peer.program, folder),
  );
  if (typeof cosign2 !== 'function') return { why: String(cosign2) };
  if (typeof cosign3 !== 'function') return { why: String(cosign3) };
  if (typeof skopeo !== 'function') return { why: String(skopeo) };
  return { cosign2, cosign3, skopeo, ...(await writeEmpty(folder)) };
}

function clientOf(program: string, folder: string): Client {
  const own = { PATH: process.env.PATH ?? '', HOME: folder, COSIGN_PASSWORD: PASSWORD };
  const within = (env: Record<string, string>): Client =>
    Object.assign((...args: string[]) => run(program, args, { env, cwd: folder }), {
      with: (more: Record<string, string>) => within({ ...env, ...more }),
    });
  return within(own);
}

async function writeEmpty(folder: string) {
  const emptyRoot = join(folder, 'empty-root.json');
  const noServices = join(folder, 'no-services.json');
  await mkdir(folder, { recursive: true });
  await writeFile(
    emptyRoot,
    JSON.stringify({ mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1' }),
  );
  await writeFile(
    noServices,
    JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.signingconfig.v0.2+json',
      rekorTlogConfig: {},
      tsaConfig: {},
    }),
  );
  return { emptyRoot, noServices };
}

/** Signs with a key, as each cosign does when it may ask no service. */
export const signArguments = {
  cosign2: (key: string, image: string) =>
    ['sign', '--recursive', '--yes', '--tlog-upload=false', '--key', key, image] as const,
  cosign3: (key: string, image: string, { emptyRoot, noServices }: Clients) =>
    [
      'sign',
      '--recursive',
      '--yes',
      '--key',
      key,
      '--signing-config',
      noServices,
      '--trusted-root',
      emptyRoot,
      image,
    ] as const,
};

/** What of both cosigns and skopeo accepts an image by a key, by name. */
export async function acceptedBy(
  clients: Clients,
  { image, key, folder }: { image: string; key: string; folder: string },
): Promise<string[]> {
  const { cosign2, cosign3, skopeo, emptyRoot } = clients;
  const verify = ['verify', '--insecure-ignore-tlog=true', '--key', key];
  const policy = await writePolicy(folder, image, key);
  const answers = {
    cosign2: cosign2(...verify, image),
    cosign3: cosign3(...verify, '--trusted-root', emptyRoot, image),
    skopeo: skopeo(
      '--policy',
      policy,
      '--registries.d',
      join(folder, 'registries.d'),
      'copy',
      '--src-tls-verify=false',
      `docker://${image}`,
      `dir:${folder}/copied`,
    ),
  };
  const accepted: string[] = [];
  for (const [name, answer] of Object.entries(answers)) {
    if ((await answer).status === 0) accepted.push(name);
  }
  return accepted;
}

/** Whom a certificate has to name, and where `writeTrusted` has written what verifies it. */
export interface WantedIdentity {
  identity: string;
  issuer: string;
  folder: string;
}

/** Which of both cosigns accept an image for an identity, and what is stated of it for cosign 3. */
export async function acceptedForIdentity(
  { cosign2, cosign3 }: Clients,
  image: string,
  { identity, issuer, folder }: WantedIdentity,
): Promise<string[]> {
  const who = ['--certificate-identity', identity, '--certificate-oidc-issuer', issuer];
  const root = ['--trusted-root', join(folder, 'root.json')];
  const older = cosign2.with(trustedByCosign2(folder));
  const type = ['--type', 'slsaprovenance1'];
  const answers = {
    cosign2: await older('verify', '--offline', ...who, image),
    cosign3: await cosign3('verify', ...root, ...who, image),
    provenance: await cosign3('verify-attestation', ...type, ...root, ...who, image),
  };
  return Object.entries(answers).flatMap(([name, { status }]) => (status === 0 ? [name] : []));
}

/** A policy that accepts nothing but what the key has signed. */
async function writePolicy(folder: string, image: string, keyPath: string): Promise<string> {
  const scope = image.replace(/(?:@|:[^:/]*$).*/, '');
  const policy = join(folder, 'policy.json');
  const attachments = { docker: { [scope]: { 'use-sigstore-attachments': true } } };
  await mkdir(join(folder, 'registries.d'), { recursive: true });
  await writeFile(join(folder, 'registries.d/signed.yaml'), JSON.stringify(attachments));
  const signedIdentity = { type: 'matchRepository' };
  const requirement = { type: 'sigstoreSigned', keyPath, signedIdentity };
  await writeFile(
    policy,
    JSON.stringify({
      default: [{ type: 'reject' }],
      transports: { docker: { [scope]: [requirement] } },
    }),
  );
  return policy;
}
