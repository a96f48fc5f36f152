import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Buildah } from '../container/buildah.ts';
import { type BuildContext, writeContext } from '../container/context.ts';
import { classifyFailure } from '../container/failure.ts';
import { readDiffIds, readRuntime, writeImage } from '../container/image.ts';
import { type LayerCompression, type StoredLayer, writeLayer } from '../container/layer.ts';
import { decompress } from '../file/compression/compression.ts';
import { writeTar } from '../file/tar/write.ts';
import { asImage } from '../oci/artifact.ts';
import type { Descriptor } from '../oci/descriptor.ts';
import { openLayout } from '../oci/layout/layout.ts';
import { readManifest } from '../oci/manifest.ts';
import type { Reader, Repository } from '../oci/repository.ts';
import { LockstepError } from '../system/error.ts';
import { countedBytes } from '../system/progress.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { composeCause } from './cause.ts';
import { truthful } from './labels.ts';
import { membersOf, type TopFile, type TopLayer, topFiles } from './top-layer.ts';

export interface ComposeRequest extends BuildContext {
  /** The stored base, whose layers the new image shares. */
  base: StoredLayer[];
  architecture: string;
  /** A layer on top of all others. */
  top?: TopLayer;
  /** Of the new layers (default gzip). */
  compression?: LayerCompression;
  /** ISO 8601. */
  created: string;
  labels: Record<string, string>;
  annotations: Record<string, string>;
}

/**
 * Composes an OS image by its recipe and stores it; points no tag at it. The base's layers are
 * kept as they are, so that hosts fetch only what is new.
 */
export async function composeImage(
  buildah: Buildah,
  repository: Repository,
  request: ComposeRequest,
  onLine: (line: string) => void,
): Promise<Descriptor> {
  await writeContext(request);
  await using scratch = await temporaryFolder(request.folder);
  const files = ['--file', join(request.folder, 'Containerfile'), '--tag', COMPOSED];
  const result = await buildah.try(
    ['bud', '--isolation', 'chroot', '--layers=false', ...files, request.folder],
    { cwd: request.folder, onLine },
  );
  if (result.status !== 0) throw await composeFailed(result.stdout + result.stderr, request.folder);
  const { base, top } = request;
  const built = await exportNew(buildah, join(scratch.path, 'built'), base);
  const more = top && (await topFiles(buildah, { reference: COMPOSED, cwd: request.folder }, top));
  const options = { ...request, scratch: scratch.path, onLine, more };
  return await adopt(repository, openLayout(built), options);
}

/** The image as the container storage calls it. */
const COMPOSED = 'localhost/lockstep-composed';

/**
 * Writes what was built into a layout, without the layers of its base: they stand there already,
 * as empty files, and buildah writes no blob again that a layout has a file for.
 */
async function exportNew(
  buildah: Buildah,
  layout: string,
  base: readonly StoredLayer[],
): Promise<string> {
  const blobs = join(layout, 'blobs/sha256');
  await mkdir(blobs, { recursive: true });
  for (const { diffId } of base) await writeFile(join(blobs, diffId.slice('sha256:'.length)), '');
  await buildah.call(['push', '--disable-compression', COMPOSED, `oci:${layout}:image`]);
  return layout;
}

/** Takes what was built into the store: new layers are compressed, those of the base are its own. */
async function adopt(
  repository: Repository,
  built: Reader,
  request: ComposeRequest & {
    scratch: string;
    onLine: (line: string) => void;
    more: readonly TopFile[] | undefined;
  },
): Promise<Descriptor> {
  const { manifest } = asImage(await readManifest(built, 'image'));
  const diffIds = await readDiffIds(built, manifest.config);
  const layers: StoredLayer[] = [];
  for (const [index, descriptor] of manifest.layers.entries()) {
    const known = request.base.find((layer) => layer.diffId === diffIds[index]);
    const told = { total: descriptor.size, say: request.onLine, what: 'packing what is new' };
    const content = () => countedBytes(decompress(built.read(descriptor)), told);
    const fresh = () => writeLayer(repository, content(), request);
    layers.push(known ?? (await fresh()));
  }
  const { more } = request;
  if (more) layers.push(await writeLayer(repository, writeTar(membersOf(more)), request));
  const { labels, runtime } = await readRuntime(built, manifest.config);
  return writeImage(repository, {
    ...request,
    labels: { ...truthful(labels), ...request.labels },
    runtime,
    layers,
    history: layers.map((_, at) => (at < request.base.length ? 'base' : 'lockstep compose')),
  });
}

/** Tells the cause; what was said besides is kept in a file. */
async function composeFailed(log: string, folder: string): Promise<LockstepError> {
  const file = join(folder, 'compose.log');
  await writeFile(file, log);
  const { kind, hint } = classifyFailure(log);
  const code = kind === 'out-of-space' ? 'disk-full' : 'build-failed';
  const recipe = `the recipe is ${join(folder, 'Containerfile')}, the whole log ${file}`;
  return new LockstepError(code, `composing the image failed: ${composeCause(log)}`, {
    hint: kind === 'out-of-space' ? hint : recipe,
  });
}
