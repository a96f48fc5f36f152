import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { InitramfsConfig } from '../../config/initramfs-schema.ts';
import { openDirectoryTree } from '../../file/directory-tree.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { type Digest, digestOfJson } from '../../system/digest.ts';
import { kernelIn } from '../flists/check.ts';
import { firmwareFor } from '../flists/make.ts';
import { firmwareTag, flistNames } from '../flists/names.ts';
import { flistKey } from '../flists/of-stream.ts';
import { flistPlaces } from '../flists/places.ts';
import { folderSource } from '../flists/source.ts';
import { publishToStore } from '../flists/to-store.ts';
import { digestOfFiles } from './assemble.ts';
import { modulesFolder } from './modules.ts';
import { filesOfFolder } from './root-files.ts';

/** A flist whose manifest is in the initramfs. */
export interface InitramfsFlist {
  /** Name of its manifest in the initramfs. */
  manifest: string;
  digest: Digest;
  stored: number;
  reused: number;
  /** What the console says when it is mounted. */
  place: string;
}

export interface InitramfsFlistOptions {
  config: InitramfsConfig;
  project: string;
  /** Folder that the manifests are written into. */
  folder: string;
  connection: StoreConnection;
  env: NodeJS.ProcessEnv;
  now: () => Date;
  signal: AbortSignal;
}

/** What flists depend on beside the packages: where they go, and the project's own firmware. */
export async function flistInputs({
  config: { flists },
  env,
  project,
}: Pick<InitramfsFlistOptions, 'config' | 'env' | 'project'>): Promise<unknown> {
  if (!flists) return undefined;
  const places = await flistPlaces(flists, { env, project });
  const { firmware } = flists;
  const own = firmware ? new Map(filesOfFolder(join(project, firmware))) : new Map();
  return [digestOfJson(places), flists.sign, firmware === false, await digestOfFiles(own)];
}

/** Packs, proves and hands out modules and firmware, where the configuration says where they go. */
export async function makeInitramfsFlists(
  roots: { kernel: string; firmware: string; release: string },
  options: InitramfsFlistOptions,
): Promise<{ flists: InitramfsFlist[]; manifests?: string }> {
  const { flists } = options.config;
  if (!flists) return { flists: [] };
  const { folder, connection, env, project, signal, now } = options;
  const places = await flistPlaces(flists, { env, project });
  const source = folderSource(roots.kernel);
  const { firmware: named, sign } = flists;
  const inPackages = folderSource(roots.firmware);
  const firmware = await firmwareFor(inPackages, named ? join(project, named) : named);
  const tag = places.firmwareTag ?? firmwareTag(now());
  const request = {
    source,
    kernels: [await kernelIn(openDirectoryTree(roots.kernel), roots.release)],
    ...(firmware && { firmware: { ...firmware, tag } }),
  };
  const key = await flistKey(sign, { env, project });
  const out = join(folder, 'packed');
  const manifests = join(folder, 'manifests');
  await mkdir(out, { recursive: true });
  await mkdir(manifests, { recursive: true });
  const made = await publishToStore(request, {
    ...connection,
    places,
    folder: out,
    signal,
    // As everything has in the initramfs: the packages are unpacked at another time each.
    time: 0,
    ...(key && { key }),
  });
  const told = [];
  for (const { content, file, digest, stored, reused } of made.flists) {
    const { own, latest } = flistNames(content);
    const manifest = `${content.kind === 'firmware' ? latest : own}.fl`;
    await copyFile(file, join(manifests, manifest));
    const target = content.kind === 'firmware' ? 'usr/lib/firmware' : modulesFolder(roots.release);
    told.push({
      manifest,
      digest,
      stored,
      reused,
      place: `${content.kind}: /${target} is /etc/flists/${manifest}`,
    });
  }
  return { flists: told, manifests };
}
