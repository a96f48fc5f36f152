/**
 * Pushes and pulls an image of 500 MB to and from docker-registry beside skopeo, each as a process
 * of its own, the quickest of three rounds. Goals: 0.9 of skopeo's throughput, 200 MB of memory.
 * Argument: how many megabytes (500).
 */
import { randomFillSync } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleLibrary } from '../scripts/bundle.ts';
import { openLayout } from '../src/oci/layout/layout.ts';
import { OCI_CONFIG, OCI_LAYER_GZIP, OCI_MANIFEST } from '../src/oci/media-type.ts';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { putBlob, putManifest } from '../src/oci/testing/image.ts';
import { digestOf } from '../src/system/digest.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { measureProcess, type ProcessRun } from './measure/process.ts';

const MEGABYTES = Number(process.argv[2] ?? 500);
const LAYERS = 5;
const ROUNDS = 3;
const quiet = ['copy', '--quiet', '--insecure-policy', '--preserve-digests'];
const plain = ['--src-tls-verify=false', '--dest-tls-verify=false'];

await using folder = await temporaryFolder();
await using server = await startDockerRegistry();
const store = join(folder.path, 'store');
await fill(store);
await bundleLibrary(join(folder.path, 'code'), {
  copy: 'src/oci/copy.ts',
  open: 'src/oci/open/open.ts',
  reference: 'src/oci/reference.ts',
});

/** What the built program does, in a process that does nothing else: `FROM TO`. */
const ONCE = `
  const [{ copy }, { openRepository }, { parseReference, versionOf }] = await Promise.all(
    ['copy', 'open', 'reference'].map((name) => import('CODE/' + name + '.js')));
  const [from, to] = process.argv.slice(1).map(parseReference);
  const options = { env: process.env, cwd: process.cwd() };
  const [source, target] = [openRepository(from, options), openRepository(to, options)];
  await copy(source, target, versionOf(from), { tags: [versionOf(to)] });
`.replace('CODE', join(folder.path, 'code'));
const asModule = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval', ONCE];
const lockstep = (from: string, to: string) =>
  measureProcess(process.execPath, [...asModule, from, to]);
const skopeo = (from: string, to: string) =>
  measureProcess('skopeo', [...quiet, ...plain, from, to]);

// A server of its own for each push: what skopeo has seen on one it would mount, not send.
const push = async (by: typeof lockstep, scheme: string) => {
  await using fresh = await startDockerRegistry();
  return await by(`oci:${store}:v1`, `${scheme}${fresh.host}/pushed:v1`);
};
const pull = async (by: typeof lockstep, scheme: string) => {
  await using target = await temporaryFolder();
  return await by(`${scheme}${server.host}/stored:v1`, `oci:${target.path}:v1`);
};
await lockstep(`oci:${store}:v1`, `${server.host}/stored:v1`);
await compare(
  'push',
  () => push(lockstep, ''),
  () => push(skopeo, 'docker://'),
);
await compare(
  'pull',
  () => pull(lockstep, ''),
  () => pull(skopeo, 'docker://'),
);
await rm(store, { recursive: true });

async function fill(path: string): Promise<void> {
  const layout = openLayout(path);
  const layers = [];
  const diffIds = [];
  for (let index = 0; index < LAYERS; index += 1) {
    const plainBytes = randomFillSync(Buffer.alloc((MEGABYTES / LAYERS) * 1e6));
    diffIds.push(digestOf(plainBytes));
    layers.push(await putBlob(layout, OCI_LAYER_GZIP, gzipSync(plainBytes, { level: 1 })));
  }
  const rootfs = { type: 'layers', diff_ids: diffIds };
  const content = JSON.stringify({ architecture: 'amd64', os: 'linux', rootfs });
  const config = await putBlob(layout, OCI_CONFIG, content);
  await putManifest(layout, { mediaType: OCI_MANIFEST, config, layers }, 'v1');
}

/** Rounds of both in turn, so that whatever else the machine does meets both. */
async function compare(
  what: string,
  ours: () => Promise<ProcessRun>,
  theirs: () => Promise<ProcessRun>,
): Promise<void> {
  const runs: { ours: ProcessRun; theirs: ProcessRun }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    runs.push({ ours: await ours(), theirs: await theirs() });
  }
  report(what, quickest(runs.map((run) => run.ours)), quickest(runs.map((run) => run.theirs)));
}

function quickest(runs: readonly ProcessRun[]): ProcessRun {
  const failed = runs.find(({ status }) => status !== 0);
  if (failed) throw new Error(`a copy failed with ${failed.status}`);
  const peak = Math.max(...runs.map((run) => run.peak));
  return { status: 0, stdout: '', peak, seconds: Math.min(...runs.map(({ seconds }) => seconds)) };
}

function report(what: string, ours: ProcessRun, theirs: ProcessRun): void {
  const rate = ({ seconds }: ProcessRun) => `${(MEGABYTES / seconds).toFixed(0)} MB/s`;
  const ratio = (theirs.seconds / ours.seconds).toFixed(2);
  const memory = (ours.peak / 1e6).toFixed(0);
  console.log(
    `${what} of ${MEGABYTES} MB: ${rate(ours)}, skopeo ${rate(theirs)}: ${ratio} of its throughput (goal 0.9), ${memory} MB of memory (goal 200; skopeo ${(theirs.peak / 1e6).toFixed(0)})`,
  );
}
