import { copyFile, mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { InitramfsConfig } from '../../config/initramfs-schema.ts';
import type { StoreConnection } from '../../flist/store/request.ts';
import { type Digest, digestOfFile } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';
import { passes } from '../../system/finding.ts';
import { writeInitramfs } from './archive.ts';
import { assemble, digestOfFiles, initFiles, type Made } from './assemble.ts';
import { bootInitramfs } from './boot-test.ts';
import {
  type DebianOptions,
  installRoot,
  type Pins,
  pinPackages,
  unpackPackages,
} from './debian.ts';
import { type InitramfsFlist, makeInitramfsFlists } from './flists.ts';
import { indexModules, layModules } from './modules.ts';
import type { RootFiles } from './root-files.ts';
import { type StageOptions, type StageRecord, Stages } from './stage.ts';
import { validateRoot } from './validation.ts';

export interface InitramfsOptions extends Omit<DebianOptions, 'folder'>, StageOptions {
  config: InitramfsConfig;
  /** Folder of the configuration. */
  project: string;
  /** The Node that goes into it. */
  node: string;
  connection: StoreConnection;
  now: () => Date;
  /** False: what is made is not booted. */
  boot: boolean;
}

/** What was made. */
export interface BuiltInitramfs {
  /** The kernel release. */
  kernel: string;
  /** Path of the kernel image, and of the initramfs with its digest and bytes. */
  vmlinuz: string;
  initramfs: string;
  digest: Digest;
  size: number;
  flists: InitramfsFlist[];
  stages: StageRecord[];
  findings: Finding[];
}

/** What is known when something speaks against the initramfs: nothing is written then. */
export type RefusedInitramfs = Pick<BuiltInitramfs, 'kernel' | 'stages' | 'findings'>;

/**
 * Makes an initramfs that boots from flists, stage by stage, and boots it. A stage whose inputs have
 * not changed is not done again; the same inputs give the same bytes.
 */
export async function buildInitramfs(
  options: InitramfsOptions,
): Promise<BuiltInitramfs | RefusedInitramfs> {
  const stages = new Stages(options);
  const made = await makeParts(options, stages);
  const { pins } = made;
  const findings = await validate(options, stages, made);
  const told = { kernel: pins.release, stages: stages.records, findings };
  if (!passes(findings)) return told;
  const written = await write(options, stages, made);
  if (options.boot) await bootTest(options, stages, { ...written, flists: made.flists });
  return { ...told, ...written, flists: made.flists };
}

interface Parts {
  pins: Pins;
  /** Digests of everything that `made` is of. */
  digests: unknown;
  made: Made;
  inside: string[];
  vmlinuz: string;
  flists: InitramfsFlist[];
}

async function makeParts(options: InitramfsOptions, stages: Stages): Promise<Parts> {
  const { config, env, project } = options;
  const debian = { ...options, asked: config };
  const pins = await stages.take({
    name: 'root',
    inputs: [
      config.suite,
      config.components,
      config.kernel,
      config.packages,
      config.firmware,
      config.program,
    ],
    run: () => pinPackages(config, options),
  });
  const root = await stages.take({
    name: 'packages',
    inputs: pins.packages.digest,
    run: (folder) => installRoot(pins, { ...debian, output: join(folder, 'root.tar') }),
    isKept: ({ path }) => isThere(path),
  });
  const firmware = await stages.take({
    name: 'firmware',
    inputs: pins.firmware.map(({ sha256 }) => sha256),
    run: async (folder) => {
      await unpackPackages(pins.firmware, folder, debian);
      return { root: folder };
    },
    isKept: (kept) => isThere(kept.root),
  });
  const kernel = await stages.take({
    name: 'kernel-modules',
    inputs: pins.kernel.sha256,
    run: async (folder) => {
      await unpackPackages([pins.kernel], folder, debian);
      await indexModules(folder, { release: pins.release, env });
      return { root: folder };
    },
    isKept: (kept) => isThere(kept.root),
  });
  const init = await initStage(options, stages);
  const modules = await stages.take({
    name: 'modules',
    inputs: [pins.kernel.sha256, pins.firmware, config.modules, config.flists],
    run: async (folder) => {
      const into = join(folder, 'root');
      const inside = await layModules(config.modules, {
        from: kernel.root,
        into,
        release: pins.release,
        env,
      });
      const flists = await makeInitramfsFlists(
        { kernel: kernel.root, firmware: firmware.root, release: pins.release },
        { ...options, folder, project },
      );
      return { root: into, inside, ...flists };
    },
    isKept: (kept) => isThere(kept.root),
  });
  const made = { root: root.path, init: init.files, modules: modules.root, remove: config.remove };
  const manifests = modules.manifests == null ? {} : { manifests: modules.manifests };
  return {
    pins,
    digests: [
      root.digest,
      init.digest,
      pins.kernel.sha256,
      modules.inside,
      modules.flists.map(({ digest }) => digest),
      config.remove,
    ],
    made: { ...made, ...manifests },
    inside: modules.inside,
    vmlinuz: join(kernel.root, 'boot', `vmlinuz-${pins.release}`),
    flists: modules.flists,
  };
}

/** Files are looked at each time: they are the user's, and those of this program. */
async function initStage(
  options: InitramfsOptions,
  stages: Stages,
): Promise<{ files: RootFiles; digest: Digest }> {
  const { config, project, node } = options;
  const { init, wait, program, overlay } = config;
  const files = initFiles({
    init,
    wait,
    ...(program === 'lockstep' && { node }),
    ...(overlay != null && { overlay: join(project, overlay) }),
  });
  const digest = await digestOfFiles(files);
  await stages.take({ name: 'init', inputs: digest, run: async () => ({ files: files.size }) });
  return { files, digest };
}

async function validate(
  options: InitramfsOptions,
  stages: Stages,
  { made, digests, inside, pins, flists }: Parts,
): Promise<Finding[]> {
  await stages.take({
    name: 'cleanup',
    inputs: digests,
    run: async () => {
      const { removed } = await assemble(made);
      stages.say('cleanup', `${removed.files} files, ${removed.bytes} bytes are left out`);
      return removed;
    },
  });
  const { program } = options.config;
  return stages.take({
    name: 'validation',
    inputs: [digests, program],
    run: async () =>
      validateRoot((await assemble(made)).root, {
        program,
        release: pins.release,
        modules: inside,
        hasFlists: flists.length > 0,
      }),
  });
}

type Written = Pick<BuiltInitramfs, 'vmlinuz' | 'initramfs' | 'digest' | 'size'>;

async function write(
  options: InitramfsOptions,
  stages: Stages,
  { made, digests, vmlinuz }: Parts,
): Promise<Written> {
  const { config, project } = options;
  const { compress } = config;
  const output = join(project, config.output);
  const path = join(output, compress ? 'initramfs.cpio.zst' : 'initramfs.cpio');
  return stages.take({
    name: 'initramfs',
    inputs: [digests, compress, path],
    run: async () => {
      await mkdir(output, { recursive: true });
      await copyFile(vmlinuz, join(output, 'vmlinuz'));
      await writeInitramfs(path, (await assemble(made)).root, { compress });
      return { vmlinuz: join(output, 'vmlinuz'), initramfs: path, ...(await digestOfFile(path)) };
    },
    isKept: async (kept) =>
      (await isThere(kept.vmlinuz)) &&
      (await digestOfFile(path).catch(() => undefined))?.digest === kept.digest,
  });
}

async function bootTest(
  options: InitramfsOptions,
  stages: Stages,
  { vmlinuz, initramfs, digest, flists }: Written & Pick<Parts, 'flists'>,
): Promise<void> {
  const { boot } = options.config;
  const expect = [...flists.map(({ place }) => place), ...boot.expect];
  if (expect.length === 0) return;
  await stages.take({
    name: 'boot-test',
    inputs: [digest, boot, expect],
    run: (folder) =>
      bootInitramfs(
        { kernel: vmlinuz, initramfs, boot, expect },
        { ...options, folder, onLine: (line) => stages.say('boot-test', line) },
      ),
  });
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
