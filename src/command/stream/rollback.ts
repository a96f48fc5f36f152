import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Moves the stable tags back to an earlier promotion, named by its audit tag; without one, to the
promotion before the present one. Everything that was promoted together goes back together. It is
the same transaction as a promotion; the gates must have passed under the terms of that time.

Examples:
  $ lockstep rollback
  $ lockstep rollback stable-20261120t080000z-1a2b-3c4d5e6
  $ lockstep rollback --dry-run --json`;

export const command = projectOptions(new Command('rollback'))
  .summary('move the stable tags back to an earlier promotion')
  .description('Rolls back to an earlier audit tag.')
  .argument('[audit-tag]', 'where to go back to')
  .option('--stream <name>', 'which stream of the configuration')
  .option('--dry-run', 'tell what would move, and move nothing')
  .addHelpText('after', EXAMPLES)
  .action(async (audit, options) =>
    (await import('./action/rollback.ts')).rollback(audit, options),
  );
