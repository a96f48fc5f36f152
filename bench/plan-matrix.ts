/**
 * `plan --matrix` of 200 streams with 3 modules each on three kernels, warm and with a real registry,
 * against one stream (goals: at most 5 s, at most 5 times one stream); and a scheduled run of a stream
 * that has nothing to do (goal: at most 2 s), which is this plan alone. Time is that of the processor, in
 * user space and in the system, with all programs that are started.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { startDockerRegistry } from '../src/oci/testing/docker-registry.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

const STREAMS = 200;
const ROUNDS = 5;
const KERNELS = ['linux-image-cloud-amd64', 'linux-image-amd64', 'linux-image-rt-amd64'];
const MODULES = ['acpi-call', 'v4l2loopback', 'bbswitch'];
const lockstep = join(import.meta.dirname, '../dist/main.js');

await using registry = await startDockerRegistry();
await using one = await aProject('one', 1, MODULES);
await using many = await aProject('many', STREAMS, MODULES);
await using quiet = await aProject('quiet', 1, MODULES.slice(0, 1));
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

await call(quiet, ['run', '-q']);
const idle: number[] = [];
for (let round = 0; round < ROUNDS; round++) idle.push(await planned(quiet));
const { idle: names } = JSON.parse((await call(quiet, ['plan', '--matrix', '--json'])).stdout) as {
  idle: string[];
};
say(`an idle run, of ${names.join(', ')}: ${median(idle).toFixed(2)} s (goal 2)`);

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
async function planned(project: TemporaryFolder): Promise<number> {
  return (await call(project, ['plan', '--matrix', '--save', 'plan', '-q'])).seconds;
}

async function call(
  { path }: TemporaryFolder,
  args: readonly string[],
): Promise<{ stdout: string; seconds: number }> {
  // The last line that `times` of a shell prints is of what it has started (POSIX, times).
  const command = ['-c', '"$@" || exit; times >&2', 'sh', process.execPath, lockstep, ...args];
  const { stdout, stderr } = await promisify(execFile)('sh', [...command, '-C', path], {
    maxBuffer: 1 << 28,
  });
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const times = [...last.matchAll(/(\d+)m([\d.]+)s/g)];
  const seconds = times.map(([, minutes, rest]) => Number(minutes) * 60 + Number(rest));
  return { stdout, seconds: seconds.reduce((sum, one) => sum + one, 0) };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

function say(text: string): void {
  process.stdout.write(`plan-matrix: ${text}\n`);
}
