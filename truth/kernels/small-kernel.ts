import { existsSync } from 'node:fs';
import { copyFile, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../src/stream/debian/apt/archive.ts';
import { resolvePackages } from '../../src/stream/debian/apt/resolve.ts';
import { digestOfJson } from '../../src/system/digest.ts';
import { LockstepError } from '../../src/system/error.ts';
import { lastLines, runOk } from '../../src/system/process.ts';
import { archiveOf } from './archive-kernel.ts';
import type { Kernel } from './kernel.ts';
import type { Place } from './place.ts';
import { configText, type SmallConfig } from './small-config.ts';
import { only, openToolchain, type Toolchain, unpackPackages } from './toolchain.ts';

const SOURCE = /^linux-source-\d/;

/** What a kernel's own build starts beside compiler and make. */
const PROGRAMS = ['bc', 'bison', 'flex', 'gcc', 'libelf-dev', 'libssl-dev', 'perl'];

/** Builds a kernel from Debian's source, once for each source, compiler and configuration. */
export async function smallKernel(config: SmallConfig, place: Place): Promise<Kernel> {
  const archive = await archiveOf(config.suite, place);
  const toolchain = await openToolchain(archive, {
    compiler: config.compiler,
    programs: [...PROGRAMS, ...(config.programs ?? [])],
    cache: place.cache,
  });
  const tree = await unpackSource(archive, { toolchain, suite: config.suite, cache: place.cache });
  const text = configText(config);
  const build = `/build/${config.name}-${digestOfJson([tree, text]).slice(7, 19)}`;
  await buildKernel(toolchain, { tree, build, text });
  return describe(config, { toolchain, build });
}

/** The folder of the source as the toolchain sees it. */
async function unpackSource(
  archive: Archive,
  place: { toolchain: Toolchain; suite: string; cache: string },
): Promise<string> {
  const asked = { packages: [`linux-source/${place.suite}`], includeEssential: false };
  const source = only(await resolvePackages(archive, asked), SOURCE);
  const tree = `/source/${source.digest.slice(7, 19)}`;
  const folder = join(place.toolchain.root, tree);
  if (existsSync(folder)) return tree;
  const fresh = `${folder}.${process.pid}`;
  const unpacked = `${fresh}.package`;
  await unpackPackages(archive, source, { cache: place.cache, into: unpacked });
  await mkdir(fresh, { recursive: true });
  // The headers of one driver that is never built are half of the whole.
  const unpack =
    'tar -x -C "$1" --strip-components=1 -f "$0"/usr/src/*.tar.xz ' +
    '--exclude=\'*/drivers/gpu/drm/amd/include/*\' && rm -rf "$0"';
  await runOk('nice', ['sh', '-c', unpack, unpacked, fresh]);
  await rename(fresh, folder);
  return tree;
}

async function buildKernel(
  toolchain: Toolchain,
  what: { tree: string; build: string; text: string },
): Promise<void> {
  const folder = join(toolchain.root, what.build);
  if (existsSync(join(folder, 'done'))) return;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'asked.config'), what.text);
  const make = ['-s', '-C', what.tree, `O=${what.build}`];
  await makeOk(toolchain, [...make, `KCONFIG_ALLCONFIG=${what.build}/asked.config`, 'allnoconfig']);
  await checkConfig(join(folder, '.config'), what.text);
  await makeOk(toolchain, [...make, '-j2', 'bzImage', 'modules']);
  const installed = `INSTALL_MOD_PATH=${what.build}/installed/usr`;
  await makeOk(toolchain, [...make, installed, 'modules_install']);
  await writeFile(join(folder, 'done'), '');
}

async function makeOk(toolchain: Toolchain, args: readonly string[]): Promise<void> {
  const result = await toolchain.run('make', args);
  if (result.status === 0) return;
  throw new LockstepError('build-failed', `make: ${lastLines(result.stderr, 20)}`);
}

/** An option that kconfig silently drops would make the kernel another one than the table says. */
async function checkConfig(path: string, asked: string): Promise<void> {
  const lines = new Set((await readFile(path, 'utf8')).split('\n'));
  const dropped = asked.split('\n').filter((line) => line && !lines.has(line));
  if (dropped.length === 0) return;
  throw new LockstepError('build-failed', `the kernel's configuration lacks ${dropped.join(', ')}`);
}

async function describe(
  config: SmallConfig,
  where: { toolchain: Toolchain; build: string },
): Promise<Kernel> {
  const folder = join(where.toolchain.root, where.build);
  const release = (await readFile(join(folder, 'include/config/kernel.release'), 'utf8')).trim();
  const root = join(folder, 'installed');
  const modulesDir = join(root, 'usr/lib/modules', release);
  await copyFile(join(folder, 'arch/x86/boot/bzImage'), join(modulesDir, 'vmlinuz'));
  await copyFile(join(folder, '.config'), join(modulesDir, 'config'));
  return {
    release,
    origin: 'built from source',
    root,
    image: join(modulesDir, 'vmlinuz'),
    modulesDir,
    config: join(modulesDir, 'config'),
    symvers: join(folder, 'Module.symvers'),
    toolchain: where.toolchain,
    headers: where.build,
    ...(config.name === 'btf' && { typed: true }),
    ...(config.name === 'signed' && { signer: `${where.build}/certs/signing_key.pem` }),
  };
}
