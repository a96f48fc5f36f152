import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { lastLines } from '../system/process.ts';
import type { Buildah } from './buildah.ts';
import { placeFiles } from './context.ts';
import { classifyFailure } from './failure.ts';
import type { KmodsPackage } from './kmods-image.ts';

/** One module to build in the builder root. */
export interface ModuleBuild {
  name: string;
  /** Files that the script finds under `/src`, by the name they get there. */
  sources: { name: string; path: string }[];
  /** Compiles: reads `/src`, leaves modules under `/out/modules`. */
  buildScript: string;
  /** Finishes: leaves packages in `/out/packages`. */
  finishScript: string;
}

export interface KmodsBuildRequest {
  /** A tar of the builder root. */
  root: string;
  modules: ModuleBuild[];
  /** Folder for sources, results and logs; a log for each module is left there. */
  folder: string;
  /** Seconds since 1970 that files made in the build get. */
  epoch: number;
}

export interface BuildListener {
  onLine(line: string): void;
}

const CONTAINER = 'lockstep-builder';

/**
 * Builds modules in a builder root. Returns the packages in the order of the modules; throws
 * `build-failed` with the classified reason and the lines of the log that show it.
 */
export async function buildKmods(
  buildah: Buildah,
  request: KmodsBuildRequest,
  listener: BuildListener,
): Promise<KmodsPackage[]> {
  await buildah.try(['rm', CONTAINER]);
  await buildah.call(['from', '--name', CONTAINER, 'scratch']);
  try {
    await buildah.call(['add', CONTAINER, request.root, '/']);
    const packages: KmodsPackage[] = [];
    for (const module of request.modules) {
      packages.push(...(await buildModule(buildah, request, module, listener)));
    }
    return packages;
  } finally {
    await buildah.try(['rm', CONTAINER]);
  }
}

async function buildModule(
  buildah: Buildah,
  request: KmodsBuildRequest,
  module: ModuleBuild,
  listener: BuildListener,
): Promise<KmodsPackage[]> {
  const folder = join(request.folder, module.name);
  const [src, out] = [join(folder, 'src'), join(folder, 'out')];
  await placeFiles(module.sources, src);
  await mkdir(out, { recursive: true });
  await writeFile(join(src, 'lockstep-build.sh'), module.buildScript);
  await writeFile(join(src, 'lockstep-finish.sh'), module.finishScript);
  const log = join(request.folder, `${module.name}.log`);
  const run = (script: string) =>
    runLogged(buildah, { ...request, src, out, script, log }, listener);
  await run('lockstep-build.sh');
  await run('lockstep-finish.sh');
  return packagesIn(join(out, 'packages'));
}

interface LoggedRun {
  src: string;
  out: string;
  script: string;
  log: string;
  epoch: number;
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
  { log }: LoggedRun,
  result: { status: number; stdout: string; stderr: string },
): LockstepError {
  const text = `${result.stdout}\n${result.stderr}`;
  const { kind, lines, hint } = classifyFailure(text, result.status);
  const shown = lines.length > 0 ? lines.join('\n') : lastLines(text, 8);
  const code = kind === 'out-of-space' ? 'disk-full' : 'build-failed';
  return new LockstepError(code, `the build failed: ${kind}\n${shown}`, {
    hint: `${hint}\nthe whole log: ${log}`,
    context: { kind, log, status: result.status },
  });
}

async function packagesIn(folder: string): Promise<KmodsPackage[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.deb')).sort();
  return names.map((name) => ({
    path: join(folder, name),
    folder: /-dbg_/.test(name) ? 'debug' : '/',
  }));
}
