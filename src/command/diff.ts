import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { diffInputs, isSame } from '../release/lock/diff.ts';
import { inputsOfSide } from '../release/lock/side.ts';
import { chooseStream } from '../release/promotion/by-hand.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showDiff } from './render/diff.ts';

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
  .action(async (a, b, options) => {
    const context = contextOf(options);
    const configured = async () => {
      const { streams } = await loadConfig(context.cwd, options.config);
      const stream = chooseStream(streams, options.stream);
      const registry = openRegistry(stream.publish.registry, context);
      return { stream, repository: registry.repository(stream.publish.image) };
    };
    const side = { project: context.cwd, stream: options.stream, configured };
    const before = await inputsOfSide(a, side);
    const diff = diffInputs(before, await inputsOfSide(b, side));
    if (options.json) printJson(context, { a, b, same: isSame(diff), ...diff });
    else context.stdout.write(`${showDiff(diff)}\n`);
    if (options.exitCode && !isSame(diff)) process.exitCode = 1;
  });
