import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** One command of the program; its module is loaded only when it is called. */
export interface CatalogEntry {
  name: string;
  summary: string;
  load: () => Promise<{ command: CommandUnknownOpts }>;
}

/** Every command, in the order in which `--help` lists them. */
export const catalog: readonly CatalogEntry[] = [
  { name: 'init', summary: 'write a first lockstep.yaml', load: () => import('./init.ts') },
  {
    name: 'versions',
    summary: 'tell what upstream has, and what fits',
    load: () => import('./versions.ts'),
  },
  {
    name: 'check',
    summary: 'check the configuration, and whether the kernel suits the modules',
    load: () => import('./check.ts'),
  },
  {
    name: 'compat',
    summary: 'tell which kernels each release of OpenZFS supports',
    load: () => import('./compat.ts'),
  },
  { name: 'plan', summary: 'tell what a run would do, and why', load: () => import('./plan.ts') },
  { name: 'run', summary: 'follow, build, prove and promote', load: () => import('./run.ts') },
  {
    name: 'lock',
    summary: 'write and show lockstep.lock.json',
    load: () => import('./lock.ts'),
  },
  {
    name: 'diff',
    summary: 'tell what changed between two locks, runs or tags',
    load: () => import('./diff.ts'),
  },
  {
    name: 'inputs',
    summary: 'print pinned inputs for a recipe of your own',
    load: () => import('./inputs.ts'),
  },
  {
    name: 'compose',
    summary: 'print the recipe of the image',
    load: () => import('./compose.ts'),
  },
  {
    name: 'status',
    summary: 'tell how far, how long and why stable lags',
    load: () => import('./status.ts'),
  },
  {
    name: 'verify',
    summary: 'tell whether a kernel will load modules, by reading them',
    load: () => import('./verify.ts'),
  },
  {
    name: 'smoke',
    summary: 'boot an image in a guest and run a scenario in it',
    load: () => import('./smoke.ts'),
  },
  {
    name: 'kernel',
    summary: 'tell which kernel is in an image, and by what evidence',
    load: () => import('./kernel.ts'),
  },
  {
    name: 'probe',
    summary: 'ask a cache for modules for exactly one kernel',
    load: () => import('./probe.ts'),
  },
  {
    name: 'tags',
    summary: 'list the tags of a repository',
    load: () => import('./tags.ts'),
  },
  {
    name: 'ls',
    summary: 'list the files in an image without pulling it',
    load: () => import('./ls.ts'),
  },
  {
    name: 'extract',
    summary: 'fetch some files of an image without pulling it',
    load: () => import('./extract.ts'),
  },
  {
    name: 'rpms',
    summary: 'list and fetch the packages in images of kernel modules',
    load: () => import('./rpms.ts'),
  },
  {
    name: 'prove',
    summary: 'run the gates on an image that is stored',
    load: () => import('./prove.ts'),
  },
  {
    name: 'promote',
    summary: 'move the stable tags to an image that has passed',
    load: () => import('./promote.ts'),
  },
  {
    name: 'rollback',
    summary: 'move the stable tags back to an earlier promotion',
    load: () => import('./rollback.ts'),
  },
  {
    name: 'copy',
    summary: 'copy a project to another registry or folder, with --yes',
    load: () => import('./copy.ts'),
  },
  {
    name: 'cleanup',
    summary: 'tell what may go from the registry, and remove it with --yes',
    load: () => import('./cleanup.ts'),
  },
];
