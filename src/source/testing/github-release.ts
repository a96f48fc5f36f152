import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { writeTar } from '../../file/tar/write.ts';
import { bytesOf } from '../../file/testing/tar.ts';
import { digestOf } from '../../system/digest.ts';
import { runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { aMeta, type ScriptedRelease } from './github.ts';

/** Somebody with a key of their own who signs releases. */
export interface Signer extends AsyncDisposable {
  /** File with the public key, armored. */
  keyring: string;
  fingerprint: string;
  detached(bytes: Uint8Array): Promise<Buffer>;
  /** The text and its signature in one. */
  clear(text: string): Promise<Buffer>;
}

/** What is odd about a release; by default nothing. */
export interface ReleaseTrial {
  /** Linux-Maximum in the tarball, and at the tag (the same when not given). */
  max?: string;
  tagMax?: string;
  /** Version in META of the tarball. */
  says?: string;
  tarball?: Buffer;
}

/** Makes a key on the spot; gpg and its agent go with it. */
export async function aSigner(): Promise<Signer> {
  const folder = await temporaryFolder();
  const home = ['--homedir', folder.path, '--batch', '--yes', '--quiet'];
  const gpg = (...args: string[]) => runOk('gpg', [...home, ...args]);
  await gpg('--passphrase', '', '--quick-gen-key', 'Test releases', 'ed25519', 'sign', 'never');
  const keyring = join(folder.path, 'key.asc');
  await gpg('--armor', '--output', keyring, '--export');
  const { stdout } = await gpg('--with-colons', '--list-keys');
  const input = join(folder.path, 'input');
  const sign = async (how: string, content: Uint8Array | string) => {
    await writeFile(input, content);
    await gpg('--armor', '--output', `${input}.asc`, how, input);
    return readFile(`${input}.asc`);
  };
  return {
    keyring,
    fingerprint: /^fpr:+([0-9A-F]{40}):/m.exec(stdout)?.[1] ?? '',
    detached: (bytes) => sign('--detach-sign', bytes),
    clear: (text) => sign('--clearsign', text),
    async [Symbol.asyncDispose]() {
      await runOk('gpgconf', ['--homedir', folder.path, '--kill', 'all']);
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** A small source archive in the form of OpenZFS's. */
export async function aTarball(version: string, meta: string): Promise<Buffer> {
  const members = [
    { header: { path: `zfs-${version}/configure` }, body: '#!/bin/sh\n' },
    { header: { path: `zfs-${version}/META` }, body: meta },
    { header: { path: `zfs-${version}/module/Kbuild.in` }, body: 'x'.repeat(5000) },
  ];
  return gzipSync(await bytesOf(writeTar(members)));
}

/** A release with all files that OpenZFS publishes for one. */
export async function aSignedRelease(
  signer: Signer,
  version: string,
  trial: ReleaseTrial = {},
): Promise<ScriptedRelease & { files: Record<string, Uint8Array | string> }> {
  const max = trial.max ?? '7.2';
  const tag = `zfs-${version}`;
  const tarball = trial.tarball ?? (await aTarball(version, aMeta(trial.says ?? version, max)));
  const sum = `${digestOf(tarball).slice(7)}  ${tag}.tar.gz\n`;
  return {
    tag,
    published_at: '2026-08-21T12:00:00Z',
    meta: aMeta(version, trial.tagMax ?? max),
    files: {
      [`${tag}.tar.gz`]: tarball,
      [`${tag}.tar.gz.asc`]: await signer.detached(tarball),
      [`${tag}.sha256.asc`]: await signer.clear(sum),
    },
  };
}
