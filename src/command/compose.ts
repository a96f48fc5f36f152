import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { recipeFor } from '../release/compose-step.ts';
import { storedKmods } from '../release/kmods-store.ts';
import { replaysOf } from '../release/lock/replay.ts';
import { chooseStream } from '../release/promotion/by-hand.ts';
import { resolveStream } from '../release/resolve-stream.ts';
import { LockstepError } from '../system/error.ts';
import { contextOf, printJson, replayOptions } from './options.ts';

const EXAMPLES = `
Prints the Containerfile by which a run would compose the image, and builds nothing. What it takes
from the registry stands in it by its place there; packages and overlay are laid beside it by a run,
which keeps recipe and inputs in .lockstep/runs.

Examples:
  $ lockstep compose --print
  $ lockstep compose --print --locked --stream debian-zfs`;

export const command = replayOptions(new Command('compose'))
  .summary('print the recipe of the image')
  .description('Prints the Containerfile that a run would compose by.')
  .option('--print', 'print it; composing itself is done by a run')
  .option('--stream <name>', 'which stream of the configuration')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
    if (!options.print) throw notHere();
    const context = contextOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    const chosen = chooseStream(streams, options.stream);
    const [replay] = await replaysOf([chosen], context.cwd, options);
    const registry = openRegistry(chosen.publish.registry, context);
    const given = { ...context, registry, project: context.cwd };
    const resolved = await resolveStream(chosen, given, {
      replay: replay?.inputs,
      request: {},
    });
    const kmods = await storedKmods(resolved.context.ends.kmods, resolved.kmodsKeys);
    const { containerfile } = recipeFor(resolved.context, { ...resolved, kmods });
    if (options.json) printJson(context, { stream: chosen.name, containerfile });
    else context.stdout.write(containerfile);
    const missing = resolved.kmodsKeys.length - kmods.length;
    if (missing > 0) {
      context.stderr.write(
        `kmods images that are not built yet: ${missing}; no label names them\n`,
      );
    }
  });

function notHere(): LockstepError {
  return new LockstepError('usage', 'compose prints the recipe of the image: add --print', {
    hint: 'to compose it: lockstep run --no-promote',
  });
}
