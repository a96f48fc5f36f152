import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import type { LayerOptions } from '../../container/layer.ts';
import type { TarMember } from '../../file/tar/write.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { readManifest } from '../../oci/manifest.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { type Digest, digestOfFile } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { KmodsKey, kmodsKeyDigest } from './key.ts';
import { type Mend, parseMends } from './mend.ts';
import { ModuleSets } from './module-sets.ts';

/** Names of the annotations of a kmods image (docs/artifacts.md). */
export const KMODS_ANNOTATION = {
  kernel: 'dev.lockstep.kernel',
  module: (name: string) => `dev.lockstep.module.${name}`,
  modules: 'dev.lockstep.modules',
  key: 'dev.lockstep.key',
  keyInputs: 'dev.lockstep.key-inputs',
  packages: 'dev.lockstep.packages',
  mends: 'dev.lockstep.mends',
} as const;

/**
 * Folder of a kmods image: `/` for what is installed, `debug` for debug information, `devel` for
 * what builds against the modules need, `src` for sources, `other` for what only some want.
 */
export const KMODS_FOLDERS = ['/', 'debug', 'devel', 'other', 'src'] as const;
export type KmodsFolder = (typeof KMODS_FOLDERS)[number];

export interface KmodsPackage {
  /** File on this machine. */
  path: string;
  folder: KmodsFolder;
  /** What its header says, for the list of packages; a package of Debian has it in its file name. */
  identity?: PackageIdentity;
  /** What had to be put right in it. */
  mends?: readonly Mend[];
}

/** Which package it is, and for which kernel if it holds modules. */
export interface PackageIdentity {
  name: string;
  /** `version-release`. */
  version: string;
  architecture: string;
  kernel?: string;
}

export interface NewKmodsImage {
  key: KmodsKey;
  architecture: string;
  created: string;
  packages: KmodsPackage[];
  /** The modules in them, by the name of their source. */
  modules: ModuleSets;
  /** What else it says of itself, as labels and as annotations. */
  labels?: Readonly<Record<string, string>>;
}

/** Stores a kmods image, `FROM scratch`: one layer of what is installed, one of the rest. */
export async function writeKmodsImage(
  repository: Repository,
  image: NewKmodsImage,
  options: LayerOptions,
): Promise<Descriptor> {
  const files = await Promise.all(image.packages.map(describe));
  const groups = [
    files.filter((file) => file.folder === '/'),
    files.filter((file) => file.folder !== '/'),
  ];
  // Loaded by who writes alone: most only read what such an image says of itself.
  const { writeImage } = await import('../../container/image.ts');
  const { writeLayer } = await import('../../container/layer.ts');
  const { writeTar } = await import('../../file/tar/write.ts');
  const layers = [];
  for (const group of groups.filter((one) => one.length > 0)) {
    layers.push(await writeLayer(repository, writeTar(members(group)), options));
  }
  return writeImage(repository, {
    architecture: image.architecture,
    created: image.created,
    layers,
    ...(image.labels && { labels: image.labels }),
    annotations: { ...image.labels, ...annotationsOf(image, files) },
    history: layers.map(
      (_, index) => `lockstep kmods ${index === 0 ? 'packages' : 'further packages'}`,
    ),
  });
}

/** Reads of a kmods image what a probe needs: one manifest, nothing else. */
export async function readKmodsKey(
  repository: Reader,
  descriptor: Descriptor,
): Promise<{ digest: Digest; key: KmodsKey | undefined }> {
  const { manifest } = await readManifest(repository, descriptor);
  const text = manifest.annotations?.[KMODS_ANNOTATION.keyInputs];
  return { digest: descriptor.digest, key: parseKey(text) };
}

/** The modules of each source in a kmods image; throws `invalid-content` when it does not say. */
export async function readModuleSets(reader: Reader, descriptor: Descriptor): Promise<ModuleSets> {
  const { manifest } = await readManifest(reader, descriptor);
  const text = manifest.annotations?.[KMODS_ANNOTATION.modules];
  const sets = ModuleSets.safeParse(parseJson(text)).data;
  if (sets) return sets;
  const message = `${reader.name}@${descriptor.digest} does not say which modules it holds`;
  throw new LockstepError('invalid-content', message, {
    hint: 'build it again: lockstep run --force --only build',
  });
}

/** What had to be put right in the packages of a kmods image, as it says itself. */
export async function readMends(repository: Reader, descriptor: Descriptor): Promise<Mend[]> {
  const { manifest } = await readManifest(repository, descriptor);
  const text = manifest.annotations?.[KMODS_ANNOTATION.mends];
  return text == null ? [] : parseMends(text);
}

function parseKey(text: string | undefined): KmodsKey | undefined {
  return KmodsKey.safeParse(parseJson(text)).data;
}

function parseJson(text: string | undefined): unknown {
  try {
    return text == null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}

interface DescribedPackage extends KmodsPackage {
  file: string;
  digest: Digest;
  size: number;
}

async function describe(file: KmodsPackage): Promise<DescribedPackage> {
  return { ...file, file: basename(file.path), ...(await digestOfFile(file.path)) };
}

function* members(files: readonly DescribedPackage[]): Generator<TarMember> {
  const folders = new Set(files.map((file) => file.folder).filter((folder) => folder !== '/'));
  for (const folder of folders) yield { header: { path: folder, type: 'directory' } };
  for (const file of files) {
    const header = { path: pathInImage(file), size: file.size };
    yield { header, body: createReadStream(file.path) };
  }
}

function pathInImage({ folder, file }: DescribedPackage): string {
  return folder === '/' ? file : `${folder}/${file}`;
}

function annotationsOf(
  { key, created, modules }: NewKmodsImage,
  files: readonly DescribedPackage[],
) {
  const versions = key.modules.map(({ name, version }) => [KMODS_ANNOTATION.module(name), version]);
  const packages = files.map((file) => ({
    path: pathInImage(file),
    digest: file.digest,
    size: file.size,
    ...file.identity,
  }));
  const mends = files.flatMap((file) => file.mends ?? []);
  return {
    'org.opencontainers.image.created': created,
    [KMODS_ANNOTATION.kernel]: key.kernel.release,
    ...Object.fromEntries(versions),
    [KMODS_ANNOTATION.modules]: JSON.stringify(modules),
    [KMODS_ANNOTATION.key]: kmodsKeyDigest(key),
    [KMODS_ANNOTATION.keyInputs]: JSON.stringify(key),
    [KMODS_ANNOTATION.packages]: JSON.stringify(packages),
    ...(mends.length > 0 ? { [KMODS_ANNOTATION.mends]: JSON.stringify(mends) } : {}),
  };
}
