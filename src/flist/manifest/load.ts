import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import { passes } from '../../system/finding.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { readManifest } from './read.ts';
import { type Manifest } from './rows.ts';

/** A manifest of a flist, with what was odd about it. */
export interface LoadedManifest {
  path: string;
  digest: Digest;
  manifest: Manifest;
  /** Warnings. */
  findings: Finding[];
}

/** Thrown for a manifest with errors: all of them are told. */
export class ManifestRefused extends LockstepError {
  readonly findings: readonly Finding[];

  constructor(path: string, findings: readonly Finding[]) {
    super('gate-failed', `${path} is not a sound flist`, { context: { path } });
    this.findings = findings;
  }
}

/**
 * Reads a manifest that something is about to be done with. Throws `ManifestRefused` with all
 * findings when one of them is an error, `usage` when the file cannot be read.
 */
export async function loadManifest(path: string): Promise<LoadedManifest> {
  const { manifest, findings } = readManifest(path);
  if (!manifest || !passes(findings)) throw new ManifestRefused(path, findings);
  return { path, digest: await digestOfManifest(path), manifest, findings };
}

const OF_ROUTES: readonly string[] = ['route-gap', 'route-invalid'];

/**
 * Reads a manifest whose routes or tags are to be told or changed: what is wrong with its routes is
 * a finding then, and not thrown.
 */
export async function loadSettings(path: string): Promise<LoadedManifest> {
  const { manifest, findings } = readManifest(path);
  const others = findings.filter(({ rule }) => !OF_ROUTES.includes(rule));
  if (!manifest || !passes(others)) throw new ManifestRefused(path, findings);
  return { path, digest: await digestOfManifest(path), manifest, findings };
}

/**
 * The manifest that a file with these bytes would be. Throws `ManifestRefused`; `name` is what it
 * is called then.
 */
export async function manifestOf(bytes: Uint8Array, name: string): Promise<Manifest> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'manifest.fl');
  await writeFile(file, bytes);
  const { manifest, findings } = readManifest(file);
  if (manifest && passes(findings)) return manifest;
  throw new ManifestRefused(name, findings);
}

/** The sha256 of a manifest's file. */
export async function digestOfManifest(path: string): Promise<Digest> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return `sha256:${hash.digest('hex')}`;
}
