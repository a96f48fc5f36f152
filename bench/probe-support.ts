import { randomFillSync } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { type TarMember, writeTar } from '../src/file/tar/write.ts';
import type { Descriptor } from '../src/oci/descriptor.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_LAYER_ZSTD, OCI_MANIFEST } from '../src/oci/media-type.ts';
import type { Repository } from '../src/oci/repository.ts';
import { putBlob, putManifest } from '../src/oci/testing/image.ts';
import { chunkedLayer } from '../src/oci/toc/chunked-write.ts';
import { digestOfFile, digestOfStream } from '../src/system/digest.ts';
import { run, runOk } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

/** The built program, as users run it. */
const MAIN = join(import.meta.dirname, '../dist/main.cjs');

/** Runs one command of the built program, which must say yes. */
export function lockstep(...args: string[]): Promise<unknown> {
  return runOk(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...args]);
}

/** A port before a server that counts what the server sends. */
export interface CountingPort extends AsyncDisposable {
  host: string;
  received: () => number;
}

/** Counts what goes over the wire, so that nobody's own count has to be believed. */
export async function countingPort(target: string): Promise<CountingPort> {
  const [host = '', port = ''] = target.split(':');
  let bytes = 0;
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(port), host);
    open.add(client);
    upstream.on('data', (chunk) => {
      bytes += chunk.length;
    });
    for (const socket of [client, upstream]) socket.on('error', () => socket.destroy());
    client.on('close', () => {
      open.delete(client);
      upstream.destroy();
    });
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const own = typeof address === 'object' && address ? address.port : 0;
  return {
    host: `127.0.0.1:${own}`,
    received: () => bytes,
    async [Symbol.asyncDispose]() {
      for (const client of open) client.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}

export interface Measure {
  seconds: number;
  bytes: number;
}

/** Time and bytes of one way to get an answer, the quickest of some rounds. */
export async function measure(
  port: CountingPort,
  rounds: number,
  way: () => Promise<unknown>,
): Promise<Measure> {
  let best: Measure = { seconds: Number.POSITIVE_INFINITY, bytes: 0 };
  for (let round = 0; round < rounds; round++) {
    const before = port.received();
    const start = performance.now();
    await way();
    const seconds = (performance.now() - start) / 1000;
    if (seconds < best.seconds) best = { seconds, bytes: port.received() - before };
  }
  return best;
}

/** What pipelines do today: copy all of it to a folder, then list every layer. */
export async function copyAndList(reference: string): Promise<string> {
  await using folder = await temporaryFolder();
  const to = join(folder.path, 'image');
  await runOk('skopeo', [
    'copy',
    '--insecure-policy',
    '--src-tls-verify=false',
    `docker://${reference}`,
    `dir:${to}`,
  ]);
  const layers = (await readdir(to)).filter((name) => /^[0-9a-f]{64}$/.test(name));
  const names: string[] = [];
  for (const layer of layers) {
    const unpack =
      'case $(head -c 4 "$1" | od -An -tx1 | tr -d " ") in 28b52ffd) zstd -dcq "$1";; 1f8b*) gzip -dc "$1";; *) :;; esac | tar -tf -';
    names.push((await run('sh', ['-c', unpack, 'sh', join(to, layer)])).stdout);
  }
  return names.join('');
}

/** Files of random bytes, which nothing compresses. */
export function* randomFiles(
  count: number,
  size: number,
  name: (index: number) => string,
): Generator<TarMember> {
  const body = Buffer.alloc(size);
  for (let index = 0; index < count; index++) {
    yield { header: { path: name(index) }, body: Buffer.from(randomFillSync(body)) };
  }
}

/** Writes a layer by way of a file; zstd:chunked with its annotations, or plain gzip. */
export async function putLayer(
  to: Repository,
  members: Iterable<TarMember>,
  chunked: boolean,
): Promise<Descriptor & { diffId: string }> {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'layer');
  const plain = join(folder.path, 'tar');
  await pipeline(writeTar(members), createWriteStream(plain));
  let annotations: Record<string, string> | undefined;
  const onEnd = (summary: { annotations: Record<string, string> }) => {
    annotations = summary.annotations;
  };
  const source = createReadStream(plain);
  if (chunked) await pipeline(chunkedLayer(source, { level: 1, onEnd }), createWriteStream(file));
  else await pipeline(source, createGzip({ level: 1 }), createWriteStream(file));
  const mediaType = chunked ? OCI_LAYER_ZSTD : OCI_LAYER_GZIP;
  const layer = {
    mediaType,
    ...(await digestOfFile(file)),
    ...(annotations ? { annotations } : {}),
  };
  await to.write(layer, createReadStream(file));
  const { digest: diffId } = await digestOfStream(createReadStream(plain));
  return { ...layer, diffId };
}

/** Writes an image of layers that are there. */
export async function putImageOf(
  to: Repository,
  layers: readonly (Descriptor & { diffId: string })[],
  parts: { annotations?: Record<string, string>; labels?: Record<string, string>; tag: string },
): Promise<number> {
  const rootfs = { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) };
  const config = JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Labels: parts.labels ?? {} },
    rootfs,
  });
  const manifest = {
    mediaType: OCI_MANIFEST,
    config: await putBlob(to, OCI_CONFIG, config),
    layers: layers.map(({ mediaType, digest, size, annotations }) => ({
      mediaType,
      digest,
      size,
      ...(annotations ? { annotations } : {}),
    })),
    ...(parts.annotations ? { annotations: parts.annotations } : {}),
  };
  await putManifest(to, manifest, parts.tag);
  return layers.reduce((sum, { size }) => sum + size, 0);
}

/** One line of the result: what was measured, both sides, and how much less ours is. */
export function line(name: string, size: number, ours: Measure, theirs: Measure): string {
  const share = ((100 * ours.bytes) / size).toFixed(3);
  const faster = (theirs.seconds / ours.seconds).toFixed(1);
  const less = Math.round(theirs.bytes / ours.bytes);
  const side = ({ seconds, bytes }: Measure) => `${seconds.toFixed(3)} s ${bytes} bytes`;
  return `${name}: lockstep ${side(ours)} (${share} % of ${size}), copy and list ${side(theirs)}: ${faster} times faster, ${less} times fewer bytes`;
}
