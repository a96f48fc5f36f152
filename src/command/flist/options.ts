import type { Command } from '@commander-js/extra-typings';

/** Adds the options that every command of flists has. */
export function flistOptions(command: Command) {
  return command
    .option('-C <dir>', 'relative paths start from this folder instead of the current one')
    .option('--json', 'print one JSON document on standard output and nothing else there');
}

/** Gathers the values of an option that may be given several times. */
export function several(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value];
}

/** What `-s` of the writing commands says. */
export const STORE_HELP =
  'where blocks go: dir:///FOLDER, s3:// or s3s://USER:PASSWORD@HOST:PORT/BUCKET; xx-yy=URL for blocks whose id begins so';
