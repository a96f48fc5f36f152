import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { packFolder } from '../../flist/pack/pack.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { parseRoute } from '../../flist/store/route.ts';
import { httpTransport } from '../../oci/remote/transport.ts';
import type { Registry } from '../../oci/repository.ts';
import { kernelIn } from '../flists/check.ts';
import { firmwareFor } from '../flists/make.ts';
import { folderSource } from '../flists/source.ts';
import { type PublishOptions, publishFlists } from '../promotion/publish-flists.ts';

/** A folder that a worker packs, or publishes as modules and firmware. */
export interface FlistJob {
  work: 'pack' | 'publish';
  id: string;
  folder: string;
  /** The manifest that packing makes; the folder that manifests of a publication go to. */
  output: string;
  /** Where blocks and manifests go. */
  store: string;
  /** Where machines read. */
  route: string;
  location: string;
}

/** Where a storm's flists are promoted, and where its manifests are in the store. */
export const FLISTS = { repository: 'flists', manifests: 'manifests', kernel: '6.1.0-storm' };

/** Tries as often as lockstep does, without its patience. */
const connection: StoreConnection = {
  transport: httpTransport({ env: {} }),
  retry: { attempts: 5, pause: 5 },
};

/** Packs; throws what goes wrong. */
export async function packOnce({ folder, output, store, route }: FlistJob): Promise<void> {
  const stores = [parseRoute(store)];
  const routes = [parseRoute(route)];
  await packFolder({ folder, manifest: output, stores }, { ...connection, routes });
}

/** Publishes; throws what goes wrong. The gate `abi` has said yes: it is not what is tried here. */
export async function publishOnce(
  registry: Registry,
  job: Omit<FlistJob, 'work' | 'location'>,
  signing: Pick<PublishOptions, 'trust' | 'signatures'> = {},
): Promise<void> {
  const { id, folder, output, store, route } = job;
  mkdirSync(output, { recursive: true });
  const source = folderSource(folder);
  const kernels = [await kernelIn(source.tree, FLISTS.kernel)];
  const firmware = await firmwareFor(source, undefined);
  const request = {
    source,
    kernels,
    abi: [],
    ...(firmware && { firmware: { ...firmware, tag: id } }),
  };
  await publishFlists(request, {
    ...connection,
    ...signing,
    registry,
    repository: FLISTS.repository,
    places: {
      stores: [parseRoute(store)],
      routes: [parseRoute(route)],
      manifests: { store, folder: FLISTS.manifests },
    },
    folder: output,
    project: folder,
    id,
    now: () => new Date(),
    key: generateKeyPairSync('ed25519').privateKey,
  });
}
