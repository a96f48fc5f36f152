import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { readProjectLock, writeProjectLock } from '../release/lock/file.ts';
import { storedInputs } from '../release/lock/find.ts';
import { summaryOf } from '../release/lock/summary.ts';
import { chooseStream, streamsNamed } from '../release/promotion/by-hand.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showLocked } from './render/lock.ts';

const EXAMPLES = `
lockstep.lock.json holds every input of a run, to be kept in git and replayed with: lockstep run
--locked. It is written from the registry alone, so a fresh machine can do it. RUN is the name of a
run as \`lockstep status\` shows it, a tag or digest of an image, or a tag inputs-…; without it,
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
  .action(async (run, options) => {
    const context = contextOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    const inputs = [];
    const chosen =
      run == null ? streamsNamed(streams, options.stream) : [chooseStream(streams, options.stream)];
    for (const stream of chosen) {
      const registry = openRegistry(stream.publish.registry, context);
      inputs.push(await storedInputs(registry.repository(stream.publish.image), stream, run));
    }
    const names = streams.map(({ name }) => name);
    const written = await writeProjectLock(context.cwd, inputs, names);
    if (options.json) return printJson(context, { ...written, streams: inputs.map(summaryOf) });
    const done = `${written.path}: ${written.changed ? 'written' : 'was so already'}`;
    context.stdout.write(`${inputs.map((one) => showLocked(one)).join('\n\n')}\n${done}\n`);
    return undefined;
  });

const show = projectOptions(new Command('show'))
  .summary('tell what lockstep.lock.json pins')
  .description('Tells what lockstep.lock.json pins.')
  .option('--stream <name>', 'this stream alone (default: all)')
  .option('--packages', 'list every package')
  .action(async (options) => {
    const context = contextOf(options);
    const locked = [...(await readProjectLock(context.cwd)).values()];
    const named = locked.map((inputs) => ({ name: inputs.stream, inputs }));
    const shown = streamsNamed(named, options.stream).map(({ inputs }) => inputs);
    if (options.json)
      return printJson(context, { streams: options.packages ? shown : shown.map(summaryOf) });
    context.stdout.write(`${shown.map((one) => showLocked(one, options)).join('\n\n')}\n`);
    return undefined;
  });

export const command = new Command('lock')
  .summary('write and show lockstep.lock.json')
  .description('Keeps the inputs of streams in lockstep.lock.json.')
  .addCommand(sync)
  .addCommand(show)
  .addHelpText('after', EXAMPLES);
