import { openRepository } from '../src/oci/open/open.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import {
  copyAndList,
  countingPort,
  line,
  lockstep,
  measure,
  putImageOf,
  putLayer,
  randomFiles,
} from './probe-support.ts';

/** Which kernel is in a large image with zstd:chunked layers, beside copying and listing it. */
const KERNEL = '6.17.8-300.fc43.x86_64';
const MEBIBYTES = Number(process.argv[2] ?? 1500);
const LAYERS = 10;
/** Bytes of a file: the mean of an image of an operating system. */
const FILE = 25_000;

await using registry = await startDockerRegistry();
await using port = await countingPort(registry.host);
const repository = openRepository(`${registry.host}/os`, { env: process.env, cwd: '.' });
const count = Math.round((MEBIBYTES << 20) / LAYERS / FILE);
const layers = [];
for (let layer = 0; layer < LAYERS; layer++) {
  const name = (index: number) =>
    layer === 3 && index === 0
      ? `usr/lib/modules/${KERNEL}/vmlinuz`
      : `usr/share/package-${layer}-${index % 200}/file-${index}`;
  layers.push(await putLayer(repository, randomFiles(count, FILE, name), true));
}
const size = await putImageOf(repository, layers, {
  labels: { 'ostree.linux': KERNEL },
  tag: 'latest',
});
console.log('goal: 3 % of the bytes');
const reference = `${port.host}/os:latest`;
const ours = await measure(port, 3, () => lockstep('kernel', reference, '--deep'));
const theirs = await measure(port, 1, () => copyAndList(reference));
console.log(
  line(`kernel, ${layers.length} zstd:chunked layers, ${count * LAYERS} files`, size, ours, theirs),
);
