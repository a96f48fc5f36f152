/**
 * What a ready kmods image saves whoever composes images: the same recipe with OpenZFS built inside
 * of it, beside a run on the testbed that finds it built. Prints the ratio, and what of the run is
 * not dnf (goal: at most 20 s). Both start with the base and the builder in folders beside them.
 * One stream builds OpenZFS first; another one, which knows nothing but the registry, consumes it.
 *
 * usage: node bench/consumer.ts
 */
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { openBuildah, removeStorage } from '../src/container/buildah.ts';
import { rpmBuildScript } from '../src/kmods/rpm/build-script.ts';
import { openLayoutRegistry } from '../src/oci/layout/layout.ts';
import { parseInputs, type RpmInputs } from '../src/release/inputs/inputs.ts';
import { startGithub } from '../src/source/testing/github.ts';
import { aSignedRelease, aSigner } from '../src/source/testing/github-release.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { DEFAULT_CACHE } from '../testbed/cache.ts';
import { openzfsReleases } from '../testbed/openzfs.ts';
import { makeTestbed } from '../testbed/testbed.ts';
import { measureProcess } from './measure/process.ts';
import { DescendantClock } from './process-tree.ts';

const GOAL = 20;
const VERSION = '2.3.2';
const lockstep = join(import.meta.dirname, '../bin/lockstep');

await using folder = await temporaryFolder();
await using signer = await aSigner();
await using github = await startGithub();
const project = folder.path;
await prepare();
await configure('maker');
await lockstepRun('build');
await rm(join(project, '.lockstep'), { recursive: true });
await configure('consumer');
const consumer = await lockstepRun('compose');
const inside = await buildInside(await lastInputs());
const own = consumer.seconds - consumer.dnf;
process.stdout.write(
  `${JSON.stringify({
    bench: 'consumer',
    consumer: round(consumer.seconds),
    dnf: round(consumer.dnf),
    own: round(own),
    goal: GOAL,
    holds: own <= GOAL,
    inside: round(inside),
    ratio: round(inside / consumer.seconds),
  })}\n`,
);

/** A project on a base of the testbed, with the release on offer. */
async function prepare(): Promise<void> {
  const { env } = process;
  const images = openLayoutRegistry(join(project, 'images'));
  await makeTestbed({ cache: DEFAULT_CACHE, env, images, kernels: [1] });
  const releases = await openzfsReleases({ cache: DEFAULT_CACHE, env });
  const tarball = await readFile(releases.find(({ version }) => version === VERSION)?.path ?? '');
  github.releases = [await aSignedRelease(signer, VERSION, { tarball, max: '6.14' })];
  await cp(signer.keyring, join(project, 'openzfs.asc'));
}

/** Writes the configuration of a stream; those of this project share their kmods. */
async function configure(name: string): Promise<void> {
  const config = {
    version: 1,
    name,
    base: { image: 'oci:./images/base:latest' },
    builder: { image: 'oci:./images/builder:{os_version}' },
    modules: [{ name: 'zfs', openzfs: '2.3', releases: github.repository, keys: 'openzfs.asc' }],
    publish: { registry: 'oci:./store', image: name, kmods: 'akmods-zfs' },
  };
  await writeFile(join(project, 'lockstep.yaml'), stringify(config));
}

async function lockstepRun(step: string): Promise<{ seconds: number; dnf: number }> {
  let clock: DescendantClock | undefined;
  const onStart = (pid: number) => {
    clock = new DescendantClock(pid, (line) => line.includes('dnf'));
  };
  const run = await measureProcess(lockstep, ['run', '--only', step, '-C', project], { onStart });
  clock?.stop();
  if (run.status !== 0) throw new Error(`lockstep run ended with ${run.status}`);
  return { seconds: run.seconds, dnf: clock?.seconds ?? 0 };
}

/** One recipe for all: the modules are built in a first stage, installed in the second. */
async function buildInside(inputs: RpmInputs): Promise<number> {
  await using folder = await temporaryFolder();
  const [module] = inputs.modules;
  if (!module) throw new Error('the project has no module');
  const source = join(folder.path, 'src');
  await mkdir(source);
  for (const { name, sha256 } of module.files) {
    await cp(join(project, '.lockstep/pool', sha256), join(source, name));
  }
  const { kernelRelease, compression } = inputs.base;
  const kind = module.kind === 'openzfs' ? 'openzfs' : 'dkms';
  const target = { kernelRelease, compression, jobs: 2, userland: true };
  await writeFile(join(source, 'build.sh'), rpmBuildScript({ ...module, kind }, target));
  await cp(join(project, 'images'), join(folder.path, 'images'), { recursive: true });
  await writeFile(join(folder.path, 'Containerfile'), recipe(inputs));
  const options = { storage: join(folder.path, 'storage'), env: process.env };
  const buildah = await openBuildah(options);
  const start = performance.now();
  try {
    const args = [
      'bud',
      '--isolation',
      'chroot',
      '--layers=false',
      '--tag',
      'oci:built:image',
      '.',
    ];
    await buildah.call(args, { cwd: folder.path });
    return (performance.now() - start) / 1000;
  } finally {
    await removeStorage({ ...options, root: process.getuid?.() === 0 });
  }
}

function recipe({ base, builder }: RpmInputs): string {
  const from = (reference: string) => reference.replace('oci:./', 'oci:');
  const dnf = 'dnf -y --setopt=install_weak_deps=False install';
  return `FROM ${from(builder?.reference ?? '')} AS build
COPY src/ /src/
RUN mkdir /out && ${dnf} 'kernel-devel-uname-r = ${base.kernelRelease}' && sh /src/build.sh
FROM ${from(base.reference)}
RUN --mount=type=bind,from=build,source=/out/packages,target=/packages \\
    ls /packages/*.rpm | grep -v -e devel -e debug -e test -e src.rpm -e dracut | xargs ${dnf} && depmod -a ${base.kernelRelease}
`;
}

async function lastInputs(): Promise<RpmInputs> {
  const runs = join(project, '.lockstep/runs');
  for (const name of (await readdir(runs)).sort().reverse()) {
    const path = join(runs, name, 'inputs.json');
    const text = await readFile(path, 'utf8').catch(() => undefined);
    const inputs = text === undefined ? undefined : parseInputs(text, path);
    if (inputs?.family === 'rpm') return inputs;
  }
  throw new Error(`${project} has no run on an image`);
}

function round(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}
