import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Tells whether the generated files are what the configuration says, and reads every workflow of the
repository, also those written by hand: expressions inside of scripts, actions that are not pinned to
a commit, secrets that are handed on, events that run strangers' code with rights, jobs without
rights of their own or without a limit. Each finding has its place and what to write instead.
Exit status 1 when anything found is an error.

Examples:
  $ lockstep workflow check
  $ lockstep workflow check --json`;

export const check = projectOptions(new Command('check'))
  .description('Checks generated files against the configuration, and all workflows by rules.')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/check.ts')).check(options));
