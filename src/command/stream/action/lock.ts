import { loadConfig } from '../../../config/load.ts';
import { chooseStream, streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { readProjectLock, writeProjectLock } from '../../../release/lock/file.ts';
import { storedInputs } from '../../../release/lock/find.ts';
import { summaryOf } from '../../../release/lock/summary.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showLocked } from '../../render/lock.ts';

interface SyncOptions extends ProjectOptions {
  stream?: string;
}

export async function sync(run: string | undefined, options: SyncOptions): Promise<void> {
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
  context.stdout.write(`${inputs.map((one) => showLocked(one, context)).join('\n\n')}\n${done}\n`);
}

interface ShowOptions extends ProjectOptions {
  stream?: string;
  packages?: true;
}

export async function show(options: ShowOptions): Promise<void> {
  const context = contextOf(options);
  const locked = [...(await readProjectLock(context.cwd)).values()];
  const named = locked.map((inputs) => ({ name: inputs.stream, inputs }));
  const shown = streamsNamed(named, options.stream).map(({ inputs }) => inputs);
  if (options.json)
    return printJson(context, { streams: options.packages ? shown : shown.map(summaryOf) });
  const { stdout, style } = context;
  stdout.write(`${shown.map((one) => showLocked(one, { ...options, style })).join('\n\n')}\n`);
}
