import type { CommandUnknownOpts } from '@commander-js/extra-typings';

/** One command of the program; its module is loaded only when it is called. */
export interface CatalogEntry {
  name: string;
  summary: string;
  load: () => Promise<{ command: CommandUnknownOpts }>;
}

/** Every command, in the order in which `--help` lists them. */
export const catalog: readonly CatalogEntry[] = [
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
];
