/**
 * `plan --matrix` of 200 streams with 3 modules each on three kernels, warm and with a real registry,
 * against one stream (goals: at most 5 s, at most 5 times one stream), in time of the processor.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';
import { median } from './measure/process.ts';
import { runTimed } from './processor-time.ts';

const STREAMS = 200;
const ROUNDS = 5;
const KERNELS = ['linux-image-cloud-amd64', 'linux-image-amd64', 'linux-image-rt-amd64'];
const MODULES = ['acpi-call', 'v4l2loopback', 'bbswitch'];
const lockstep = join(import.meta.dirname, '../dist/main.cjs');

await using registry = await startDockerRegistry();
await using one = await aProject('one', 1, MODULES);
await using many = await aProject('many', STREAMS, MODULES);
for (const project of [one, many]) await planned(project);
const rounds: { one: number; many: number }[] = [];
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ one: await planned(one), many: await planned(many) });
}
const single = median(rounds.map((round) => round.one));
const all = median(rounds.map((round) => round.many));
say(`one stream ${single.toFixed(2)} s`);
say(
  `${STREAMS} streams ${all.toFixed(2)} s (goal 5), ${(all / single).toFixed(1)} times one (goal 5)`,
);

/** A project with so many streams, each of which holds something of its own. */
async function aProject(
  image: string,
  count: number,
  modules: readonly string[],
): Promise<TemporaryFolder> {
  const folder = await temporaryFolder();
  const streams = Array.from({ length: count }, (_, at) => ({
    name: `s${at}`,
    base: { debian: { suite: 'bookworm', kernel: KERNELS[at % KERNELS.length] } },
    modules: modules.map((name) => ({ name, dkms: `${name}-dkms` })),
    image: { enable: [at === 0 ? 'systemd-networkd.service' : `unit${at}.service`] },
    publish: {
      registry: `${registry.host}/me`,
      image,
      kmods: `${image}-kmods`,
      stable: [`s${at}-stable`],
    },
  }));
  await writeFile(join(folder.path, 'lockstep.yaml'), stringify({ version: 1, streams }));
  return folder;
}

/** Seconds of the processor that a plan took. */
async function planned({ path }: TemporaryFolder): Promise<number> {
  const args = [lockstep, 'plan', '--matrix', '--save', 'plan', '-q', '-C', path];
  return (await runTimed(process.execPath, args)).seconds;
}

function say(text: string): void {
  process.stdout.write(`plan-matrix: ${text}\n`);
}
