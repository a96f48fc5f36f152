/**
 * Promotes an image and its kmods to new tags in other repositories of one registry, beside
 * `skopeo copy` of the same two, both as they come: skopeo with an empty memory of what it has
 * seen, as in CI. Goals: no bytes of blobs, 5 times faster. Argument: megabytes of the image (500).
 */
import { randomFillSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { openRegistry } from '../src/oci/open/open.ts';
import type { Registry } from '../src/oci/repository.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { startFaultProxy } from '../src/oci/testing/fault-proxy.ts';
import { putImage } from '../src/oci/testing/image.ts';
import { applyPromotion } from '../src/release/promotion/apply.ts';
import {
  observeTags,
  type PromotionRequest,
  planPromotion,
} from '../src/release/promotion/plan.ts';
import { runOk } from '../src/system/process.ts';

const MEGABYTES = Number(process.argv[2] ?? 500);
const ROUNDS = 3;
const now = () => new Date();
const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];
/** Where skopeo remembers which registry has which blob (containers/image, blobinfocache). */
const MEMORY = '/var/lib/containers/cache/blob-info-cache-v1.boltdb';

await using server = await startDockerRegistry();
await using proxy = await startFaultProxy({ target: server.host });
const direct = openRegistry(server.host, { env: {}, cwd: '/' });
const watched = openRegistry(proxy.host, { env: {}, cwd: '/' });
const random = (megabytes: number) => randomFillSync(Buffer.alloc(megabytes * 1e6));
const parts = [MEGABYTES / 5, MEGABYTES / 5, MEGABYTES / 5, MEGABYTES / 5, MEGABYTES / 5];
const image = await putImage(direct.repository('candidate/image'), {
  layers: parts.map(random),
  tag: 'v1',
});
const kmods = await putImage(direct.repository('candidate/kmods'), {
  layers: [random(50)],
  tag: 'v1',
});

let ours = Number.POSITIVE_INFINITY;
let theirs = Number.POSITIVE_INFINITY;
for (let round = 0; round < ROUNDS; round += 1) {
  ours = Math.min(ours, await seconds(() => promote(watched, `n${round}`)));
  theirs = Math.min(theirs, await seconds(() => copyBoth(`t${round}`)));
}
const blobs = proxy.log.filter(({ path }) => path.includes('/blobs/'));
const moved = blobs.reduce((sum, one) => sum + one.requestBytes + one.responseBytes, 0);
const largest = Math.max(...blobs.map((one) => Math.max(one.requestBytes, one.responseBytes)));
console.log(
  `promotion of ${MEGABYTES + 50} MB to other repositories: ${ours.toFixed(2)} s, ${ROUNDS} times ${(moved / ROUNDS / 1000).toFixed(1)} kB of blobs, the largest ${largest} bytes: its own records`,
);
console.log(
  `skopeo copy of the same two: ${theirs.toFixed(2)} s: ${(theirs / ours).toFixed(1)} times as long (goal 5)`,
);

async function promote(registry: Registry, id: string): Promise<void> {
  const audit = [`stable-${id}-${image.digest.slice(7, 14)}`];
  const request: PromotionRequest = {
    id,
    artifacts: [
      {
        repository: `${id}/kmods`,
        source: 'candidate/kmods',
        digest: kmods.digest,
        audit,
        moving: ['main'],
      },
      {
        repository: `${id}/image`,
        source: 'candidate/image',
        digest: image.digest,
        audit,
        moving: ['latest'],
      },
    ],
  };
  const plan = planPromotion(request, await observeTags(registry, request), now());
  await applyPromotion(plan, { registry, now, mayPromote: async () => [] });
}

async function copyBoth(id: string): Promise<void> {
  await rm(MEMORY, { force: true });
  for (const name of ['kmods', 'image']) {
    const from = `docker://${server.host}/candidate/${name}:v1`;
    const to = `docker://${server.host}/${id}/${name}:latest`;
    await runOk('skopeo', ['copy', '--quiet', '--insecure-policy', ...plain, from, to]);
  }
}

async function seconds(action: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await action();
  return (performance.now() - started) / 1000;
}
