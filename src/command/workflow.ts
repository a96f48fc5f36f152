import { Command } from '@commander-js/extra-typings';
import { cancel } from './workflow/cancel.ts';
import { changes } from './workflow/changes.ts';
import { check } from './workflow/check.ts';
import { enable } from './workflow/enable.ts';
import { generate } from './workflow/generate.ts';
import { login } from './workflow/login.ts';
import { prepare } from './workflow/prepare.ts';
import { run } from './workflow/run.ts';
import { setup } from './workflow/setup.ts';
import { status } from './workflow/status.ts';

const EXAMPLES = `
The files of a CI service are made from lockstep.yaml (its key ci) and have no logic of their own:
each script in them is one command of lockstep. docs/workflow.md describes them.

Examples:
  $ lockstep workflow generate
  $ lockstep workflow check
  $ lockstep workflow run --wait
  $ lockstep workflow status`;

export const command = new Command('workflow')
  .summary('make and check the files of your CI, start and watch its runs')
  .description(
    'Makes the files of a CI service from the configuration, checks them, and starts and watches runs.',
  )
  .addCommand(generate)
  .addCommand(check)
  .addCommand(run)
  .addCommand(status)
  .addCommand(cancel)
  .addCommand(enable)
  .addCommand(setup)
  .addCommand(prepare)
  .addCommand(login)
  .addCommand(changes)
  .addHelpText('after', EXAMPLES);
