import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
Tells what changed from A to B: base, kernel, modules, builder, packages, overlay, configuration.
Each is \`lock\`, a lock file or the inputs.json of a run, \`stable\`, a run as \`lockstep status\`
shows it, or a tag or digest of an image. Exit status 0 whatever differs; with --exit-code 1 when
something does. Versions of the machine's programs are told, but are no difference.

Examples:
  $ lockstep diff lock stable
  $ lockstep diff stable candidate-1a2b3c4-12
  $ lockstep diff 20261119t073000z-1a2b 20261120t073000z-5c6d --json
  $ lockstep diff old.lock.json lockstep.lock.json --stream debian-zfs --exit-code`;

export const command = projectOptions(new Command('diff'))
  .summary('tell what changed between two locks, runs or tags')
  .description('Tells what changed between two locks, runs or tags.')
  .argument('<a>', 'lock, a file, stable, a run, a tag or a digest')
  .argument('<b>', 'the same')
  .option('--stream <name>', 'which stream, where there are several')
  .option('--exit-code', 'exit status 1 when they differ')
  .addHelpText('after', EXAMPLES)
  .action(async (a, b, options) => (await import('./action/diff.ts')).diff(a, b, options));
