import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Buildah } from '../container/buildah.ts';
import { placeFiles } from '../container/context.ts';
import { FIND_DNF, installScript } from '../container/dnf.ts';
import { classifyFailure } from '../container/failure.ts';
import type { LocalImage } from '../container/run-in-image.ts';
import { LockstepError } from '../system/error.ts';
import { lastLines } from '../system/process.ts';
import { type BuiltSource, builtSource } from './image/built-source.ts';
import type { KmodsPackage } from './image/image.ts';
import { SIGNING_FOLDER } from './rpm/prelude.ts';
import { placedKey, type SigningKey } from './rpm/signing-key.ts';

/** One source of modules to build in the builder root. */
export interface ModuleBuild {
  /** Its name in the configuration. */
  name: string;
  /** Files that the script finds under `/src`, by the name they get there. */
  sources: { name: string; path: string }[];
  /** Run before anything is built: fails where this source is not for the kernel. */
  ask?: string;
  /** Run one after the other for `sh`; they read `/src` and leave packages in `/out/packages`. */
  scripts: readonly string[];
  /** Signs the modules; lies in the container only while this module is built. */
  signing?: SigningKey;
}

/** What modules are built in: a root as a tar file, or an image with packages on top. */
export type BuilderRoot =
  | { tar: string }
  | { image: LocalImage; packages: readonly { name: string; path: string }[] };

export interface KmodsBuildRequest {
  root: BuilderRoot;
  /** In the order in which they are built. */
  modules: ModuleBuild[];
  /** The kernel that they are for. */
  kernelRelease: string;
  /** Folder for sources, results and logs; a log for each module is left there. */
  folder: string;
  /** Seconds since 1970 that files made in the build get. */
  epoch: number;
  /** Which files of `/out/packages` go where in the kmods image. */
  collect: (folder: string) => Promise<KmodsPackage[]>;
}

export interface BuildListener {
  onLine(line: string): void;
}

const CONTAINER = 'lockstep-builder';

/**
 * Builds modules in a builder root. Returns what came of each source, in their order; throws
 * `build-failed` with the classified reason and the lines of the log that show it.
 */
export async function buildKmods(
  buildah: Buildah,
  request: KmodsBuildRequest,
  listener: BuildListener,
): Promise<BuiltSource[]> {
  await buildah.try(['rm', CONTAINER]);
  try {
    await enterRoot(buildah, request, listener);
    for (const module of request.modules) {
      const scripts = module.ask == null ? [] : [module.ask];
      if (scripts.length > 0) await runScripts(buildah, request, { ...module, scripts }, listener);
    }
    const built: BuiltSource[] = [];
    for (const module of request.modules) {
      const out = await runScripts(buildah, request, module, listener);
      const packages = await request.collect(join(out, 'packages'));
      built.push(await builtSource(module.name, packages));
    }
    return built;
  } finally {
    await buildah.try(['rm', CONTAINER]);
  }
}

async function enterRoot(
  buildah: Buildah,
  { root, folder }: KmodsBuildRequest,
  listener: BuildListener,
): Promise<void> {
  const enter = (from: string, cwd?: string) =>
    buildah.call(['from', '--name', CONTAINER, from], cwd == null ? {} : { cwd });
  if ('tar' in root) {
    await enter('scratch');
    await buildah.call(['add', CONTAINER, root.tar, '/']);
    return;
  }
  await enter(root.image.reference, root.image.cwd);
  if (root.packages.length === 0) return;
  const packages = join(folder, 'packages');
  await placeFiles(root.packages, packages);
  const volume = ['-v', `${packages}:/packages:ro`];
  const command = ['sh', '-c', `${FIND_DNF}; ${installScript('/packages/*.rpm', '$dnf')}`];
  const args = ['run', '--isolation', 'chroot', ...volume, CONTAINER, '--', ...command];
  await buildah.call(args, { onLine: (line) => listener.onLine(line) });
}

/** Runs the scripts of a source one after the other; returns the folder that is their `/out`. */
async function runScripts(
  buildah: Buildah,
  request: KmodsBuildRequest,
  module: ModuleBuild,
  listener: BuildListener,
): Promise<string> {
  const { epoch, kernelRelease } = request;
  const folder = join(request.folder, module.name);
  const [src, out] = [join(folder, 'src'), join(folder, 'out')];
  await placeFiles(module.sources, src);
  await mkdir(out, { recursive: true });
  const log = join(request.folder, `${module.name}.log`);
  await using key = module.signing && (await placedKey(module.signing));
  const mounts = key ? ['-v', `${key.path}:${SIGNING_FOLDER}:ro`] : [];
  for (const [index, content] of module.scripts.entries()) {
    const script = `lockstep-${index + 1}.sh`;
    await writeFile(join(src, script), content);
    await runLogged(buildah, { epoch, kernelRelease, src, out, script, log, mounts }, listener);
  }
  return out;
}

interface LoggedRun {
  src: string;
  out: string;
  script: string;
  log: string;
  kernelRelease: string;
  epoch: number;
  /** Further options of `buildah run`. */
  mounts: readonly string[];
}

async function runLogged(buildah: Buildah, run: LoggedRun, listener: BuildListener): Promise<void> {
  const log = createWriteStream(run.log, { flags: 'a' });
  const onLine = (line: string) => {
    log.write(`${line}\n`);
    listener.onLine(line);
  };
  const args = [
    'run',
    '--isolation',
    'chroot',
    '-v',
    `${run.src}:/src:ro`,
    '-v',
    `${run.out}:/out`,
    ...run.mounts,
  ];
  const env = ['--env', `SOURCE_DATE_EPOCH=${run.epoch}`, '--env', 'LC_ALL=C.UTF-8'];
  const command = ['sh', `/src/${run.script}`];
  try {
    const result = await buildah.try([...args, ...env, CONTAINER, '--', ...command], {
      onLine,
      keep: 4 << 20,
    });
    if (result.status !== 0) throw failed(run, result);
  } finally {
    await new Promise((resolve) => log.end(resolve));
  }
}

function failed(
  { log, kernelRelease }: LoggedRun,
  result: { status: number; stdout: string; stderr: string },
): LockstepError {
  const text = `${result.stdout}\n${result.stderr}`;
  const { kind, lines, hint } = classifyFailure(text, result.status, kernelRelease);
  const shown = lines.length > 0 ? lines.join('\n') : lastLines(text, 8);
  const code = kind === 'out-of-space' ? 'disk-full' : 'build-failed';
  return new LockstepError(code, `the build failed: ${kind}\n${shown}`, {
    hint: `${hint}\nthe whole log: ${log}`,
    context: { kind, log, status: result.status },
  });
}

/** The packages that a Debian build leaves. */
export async function debsIn(folder: string): Promise<KmodsPackage[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();
  return names.map((name) => ({
    path: join(folder, name),
    folder: /-dbg_/.test(name) ? 'debug' : '/',
  }));
}
