/**
 * The plan of a cleanup over 50,000 tags in a folder of OCI image layouts, made up here; a
 * process of its own looks at it, so that nothing is in memory yet. Goal: under 5 s.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asImage } from '../src/oci/artifact.ts';
import { REF_NAME } from '../src/oci/layout/index-file.ts';
import { openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { documentOf, readManifest } from '../src/oci/manifest.ts';
import { OCI_INDEX, OCI_MANIFEST } from '../src/oci/media-type.ts';
import { putImage } from '../src/oci/testing/image.ts';
import { proposeCleanup } from '../src/release/retention/apply.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

const TAGS = Number(process.argv[2] ?? 50_000);
const DAY = 86_400_000;
const now = () => new Date('2026-11-20T00:00:00Z');

await using folder = await temporaryFolder();
await fill(folder.path, TAGS);
await fill(folder.path, TAGS);
const started = performance.now();
const plan = await proposeCleanup({
  registry: openLayoutRegistry(folder.path),
  scope: { image: 'image', kmods: 'kmods', stable: ['latest'] },
  policy: { days: 90, newest: 3 },
  now,
});
const seconds = (performance.now() - started) / 1000;
const memory = process.memoryUsage.rss() / 1e6;
console.log(
  `cleanup plan over ${TAGS} tags: ${seconds.toFixed(1)} s (goal 5), ${plan.removals.length} to remove, ${plan.kept.length} kept, ${memory.toFixed(0)} MB`,
);

/** Nine candidates for each promotion, one more every five minutes, of a thousand kernels. */
async function fill(path: string, count: number): Promise<void> {
  const repository = openLayoutRegistry(path).repository('image');
  const { manifest } = asImage(await readManifest(repository, await putImage(repository)));
  const blobs = join(path, 'image/blobs/sha256');
  await mkdir(blobs, { recursive: true });
  const manifests = [];
  for (let index = 0; index < count; index += 1) {
    const created = new Date(now().getTime() - (count - index) * (DAY / 288)).toISOString();
    const hex = index.toString(16).padStart(7, '0');
    const annotations = {
      'org.opencontainers.image.created': created,
      'dev.lockstep.kernel': `6.1.0-${index % 1000}-amd64`,
    };
    const { descriptor, bytes } = documentOf({ ...manifest, mediaType: OCI_MANIFEST, annotations });
    await writeFile(join(blobs, descriptor.digest.slice(7)), bytes);
    const tag = index % 10 === 0 ? `stable-20260101t000000z-${hex}-${hex}` : `candidate-${hex}-12`;
    manifests.push({ ...descriptor, annotations: { [REF_NAME]: tag } });
  }
  const index = { schemaVersion: 2, mediaType: OCI_INDEX, manifests };
  await writeFile(join(path, 'image/index.json'), JSON.stringify(index));
}
