import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
lockstep.lock.json holds every input of a run, to be kept in git and replayed with: lockstep run
--locked. It is written from the registry alone, so a fresh machine can do it. RUN is the name of a
run as \`lockstep status\` shows it, a tag or digest of an image, or a tag inputs-*; without it,
what is stable now.

Examples:
  $ lockstep lock sync                              what is stable now
  $ lockstep lock sync 20261120t073000z-1a2b --stream debian-zfs
  $ lockstep lock show
  $ lockstep lock show --packages --json`;

const sync = projectOptions(new Command('sync'))
  .summary('write the inputs of a stored run into lockstep.lock.json')
  .description('Writes the inputs of a stored run into lockstep.lock.json.')
  .argument('[run]', 'a run, a tag or a digest (default: what is stable)')
  .option('--stream <name>', 'this stream alone (default: all)')
  .action(async (run, options) => (await import('./action/lock.ts')).sync(run, options));

const show = projectOptions(new Command('show'))
  .summary('tell what lockstep.lock.json pins')
  .description('Tells what lockstep.lock.json pins.')
  .option('--stream <name>', 'this stream alone (default: all)')
  .option('--packages', 'list every package')
  .action(async (options) => (await import('./action/lock.ts')).show(options));

export const command = new Command('lock')
  .summary('write and show lockstep.lock.json')
  .description('Keeps the inputs of streams in lockstep.lock.json.')
  .addCommand(sync)
  .addCommand(show)
  .addHelpText('after', EXAMPLES);
