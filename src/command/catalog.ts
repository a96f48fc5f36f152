import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** One command of the program; its module is loaded only when it is called. */
export interface CatalogEntry {
  name: string;
  summary: string;
  /** `called` is what stands behind its name: a command of commands declares that one alone. */
  load: (called?: string) => Promise<{ command: CommandUnknownOpts }>;
}

/** Every command, in the order in which `--help` lists them. */
export const catalog: readonly CatalogEntry[] = [
  { name: 'init', summary: 'write a first lockstep.yaml', load: () => import('./stream/init.ts') },
  {
    name: 'versions',
    summary: 'tell what upstream has, and what fits',
    load: () => import('./stream/versions.ts'),
  },
  {
    name: 'check',
    summary: 'check the configuration, and whether the kernel suits the modules',
    load: () => import('./stream/check.ts'),
  },
  {
    name: 'compat',
    summary: 'tell which kernels each release of OpenZFS supports',
    load: () => import('./stream/compat.ts'),
  },
  {
    name: 'plan',
    summary: 'tell what a run would do, and why',
    load: () => import('./stream/plan.ts'),
  },
  {
    name: 'run',
    summary: 'follow, build, prove and promote',
    load: () => import('./stream/run.ts'),
  },
  {
    name: 'report',
    summary: 'close a run that was spread over machines, and tell what it came to',
    load: () => import('./stream/report.ts'),
  },
  {
    name: 'lock',
    summary: 'write and show lockstep.lock.json',
    load: () => import('./stream/lock.ts'),
  },
  {
    name: 'diff',
    summary: 'tell what changed between two locks, runs or tags',
    load: () => import('./stream/diff.ts'),
  },
  {
    name: 'inputs',
    summary: 'print pinned inputs for a recipe of your own',
    load: () => import('./stream/inputs.ts'),
  },
  {
    name: 'compose',
    summary: 'print the recipe of the image',
    load: () => import('./stream/compose.ts'),
  },
  {
    name: 'status',
    summary: 'tell how far, how long and why stable lags',
    load: () => import('./stream/status.ts'),
  },
  {
    name: 'verify',
    summary: 'tell whether a kernel will load modules, by reading them',
    load: () => import('./image/verify.ts'),
  },
  {
    name: 'smoke',
    summary: 'boot an image in a guest and run a scenario in it',
    load: () => import('./image/smoke.ts'),
  },
  {
    name: 'ignition',
    summary: 'make and check the first boot: Butane to Ignition',
    load: async (called) => ({ command: await (await import('./ignition.ts')).load(called) }),
  },
  {
    name: 'kernel',
    summary: 'tell which kernel is in an image, and by what evidence',
    load: () => import('./image/kernel.ts'),
  },
  {
    name: 'probe',
    summary: 'ask a cache for modules for exactly one kernel',
    load: () => import('./image/probe.ts'),
  },
  {
    name: 'tags',
    summary: 'list the tags of a repository',
    load: () => import('./image/tags.ts'),
  },
  {
    name: 'ls',
    summary: 'list the files in an image without pulling it',
    load: () => import('./image/ls.ts'),
  },
  {
    name: 'extract',
    summary: 'fetch some files of an image without pulling it',
    load: () => import('./image/extract.ts'),
  },
  {
    name: 'sbom',
    summary: 'tell what an image consists of, without pulling it',
    load: () => import('./image/sbom.ts'),
  },
  {
    name: 'rpms',
    summary: 'list and fetch the packages in images of kernel modules',
    load: () => import('./image/rpms.ts'),
  },
  {
    name: 'prove',
    summary: 'run the gates on an image that is stored',
    load: () => import('./stream/prove.ts'),
  },
  {
    name: 'promote',
    summary: 'move the stable tags to an image that has passed',
    load: () => import('./stream/promote.ts'),
  },
  {
    name: 'rollback',
    summary: 'move the stable tags back to an earlier promotion',
    load: () => import('./stream/rollback.ts'),
  },
  {
    name: 'copy',
    summary: 'copy a project to another registry or folder, with --yes',
    load: () => import('./stream/copy.ts'),
  },
  {
    name: 'cleanup',
    summary: 'tell what may go from the registry, and remove it with --yes',
    load: () => import('./stream/cleanup.ts'),
  },
  {
    name: 'workflow',
    summary: 'make and check the files of your CI',
    load: async (called) => ({ command: await (await import('./workflow.ts')).load(called) }),
  },
  {
    name: 'pins',
    summary: 'list, check and renew what is pinned',
    load: () => import('./pins.ts'),
  },
  {
    name: 'flist',
    summary: 'pack, check and mount folders as flists',
    load: () => import('./flist/flist.ts'),
  },
  {
    name: 'trust',
    summary: 'sign images, and tell what is signed by whom',
    load: async (called) => ({ command: await (await import('./trust.ts')).load(called) }),
  },
  {
    name: 'completion',
    summary: 'print what completes commands and options in a shell',
    load: () => import('./shell/completion.ts'),
  },
];
