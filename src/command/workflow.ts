import { Command } from '@commander-js/extra-typings';
import { changes } from './workflow/changes.ts';
import { check } from './workflow/check.ts';
import { generate } from './workflow/generate.ts';
import { login } from './workflow/login.ts';
import { prepare } from './workflow/prepare.ts';

const EXAMPLES = `
The files of a CI service are made from lockstep.yaml (its key ci) and have no logic of their own:
each script in them is one command of lockstep. docs/workflow.md describes them.

Examples:
  $ lockstep workflow generate
  $ lockstep workflow check`;

export const command = new Command('workflow')
  .summary('make and check the files of your CI')
  .description('Makes the files of a CI service from the configuration, and checks them.')
  .addCommand(generate)
  .addCommand(check)
  .addCommand(prepare)
  .addCommand(login)
  .addCommand(changes)
  .addHelpText('after', EXAMPLES);
