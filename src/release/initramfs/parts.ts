import { join } from 'node:path';
import type { Digest } from '../../system/digest.ts';
import { digestOfFiles, initFiles, type Made } from './assemble.ts';
import { installRoot, type Pins, pinPackages, unpackPackages } from './debian.ts';
import { flistInputs, type InitramfsFlist, makeInitramfsFlists } from './flists.ts';
import { indexModules, layModules } from './modules.ts';
import { type InitramfsOptions, isThere } from './options.ts';
import type { RootFiles } from './root-files.ts';
import type { Stages } from './stage.ts';

/** What the first stages make. */
export interface Parts {
  /** The kernel release. */
  release: string;
  made: Made;
  /** Digests of everything that `made` is of. */
  digests: unknown;
  /** Modules that stay inside, below the folder of modules. */
  inside: string[];
  vmlinuz: string;
  flists: InitramfsFlist[];
}

/** Goes through the stages that make what an initramfs is put together from. */
export async function makeParts(options: InitramfsOptions, stages: Stages): Promise<Parts> {
  const { remove } = options.config;
  const pins = await pinned(options, stages);
  const root = await installed(pins, options, stages);
  const firmware = await firmwareOf(pins, options, stages);
  const kernel = await kernelOf(pins, options, stages);
  const init = await initOf(options, stages);
  const roots = { firmware, kernel, release: pins.release };
  const modules = await modulesOf(pins, { ...options, roots }, stages);
  const { inside, flists, manifests } = modules;
  return {
    release: pins.release,
    made: {
      root: root.path,
      init: init.files,
      modules: modules.root,
      remove,
      ...(manifests != null && { manifests }),
    },
    digests: [root.digest, init.digest, pins.kernel.sha256, inside, flists.map(ofFlist), remove],
    inside,
    vmlinuz: join(kernel, 'boot', `vmlinuz-${pins.release}`),
    flists,
  };
}

const ofFlist = ({ digest }: InitramfsFlist) => digest;

function pinned(options: InitramfsOptions, stages: Stages): Promise<Pins> {
  const { suite, components, kernel, packages, firmware, program } = options.config;
  return stages.take({
    name: 'root',
    inputs: [suite, components, kernel, packages, firmware, program],
    run: () => pinPackages(options.config, options),
  });
}

function installed(pins: Pins, options: InitramfsOptions, stages: Stages) {
  const asked = options.config;
  return stages.take({
    name: 'packages',
    inputs: pins.packages.digest,
    run: (folder) => installRoot(pins, { ...options, asked, output: join(folder, 'root.tar') }),
    isKept: ({ path }) => isThere(path),
  });
}

function firmwareOf(pins: Pins, options: InitramfsOptions, stages: Stages): Promise<string> {
  return stages.take({
    name: 'firmware',
    inputs: pins.firmware.map(({ sha256 }) => sha256),
    run: async (folder) => {
      await unpackPackages(pins.firmware, folder, { ...options, asked: options.config });
      return folder;
    },
    isKept: isThere,
  });
}

function kernelOf(pins: Pins, options: InitramfsOptions, stages: Stages): Promise<string> {
  const { env, config: asked } = options;
  return stages.take({
    name: 'kernel-modules',
    inputs: pins.kernel.sha256,
    run: async (folder) => {
      await unpackPackages([pins.kernel], folder, { ...options, asked });
      await indexModules(folder, { release: pins.release, env });
      return folder;
    },
    isKept: isThere,
  });
}

/** Files are looked at each time: they are the user's, and those of this program. */
async function initOf(
  { config, project, node }: InitramfsOptions,
  stages: Stages,
): Promise<{ files: RootFiles; digest: Digest }> {
  const { init, wait, program, overlay } = config;
  const files = initFiles({
    init,
    wait,
    ...(program === 'lockstep' && { node }),
    ...(overlay != null && { overlay: join(project, overlay) }),
  });
  const digest = await digestOfFiles(files);
  await stages.take({ name: 'init', inputs: digest, run: async () => files.size });
  return { files, digest };
}

type WithRoots = InitramfsOptions & {
  roots: { kernel: string; firmware: string; release: string };
};

async function modulesOf(pins: Pins, options: WithRoots, stages: Stages) {
  const { config, env, roots } = options;
  const firmware = pins.firmware.map(({ sha256 }) => sha256);
  return stages.take({
    name: 'modules',
    inputs: [pins.kernel.sha256, firmware, config.modules, await flistInputs(options)],
    run: async (folder) => {
      const root = join(folder, 'root');
      const lay = { from: roots.kernel, into: root, release: roots.release, env };
      const inside = await layModules(config.modules, lay);
      return { root, inside, ...(await makeInitramfsFlists(roots, { ...options, folder })) };
    },
    isKept: ({ root }) => isThere(root),
  });
}
