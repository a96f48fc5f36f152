import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { type Channel, streamForChannel } from '../../../release/channel/channel.ts';
import { channelRegistry } from '../../../release/channel/ends.ts';
import { applyCleanup, proposeCleanup } from '../../../release/retention/apply.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import { showCleanup, sumUpCleanup } from '../../render/cleanup.ts';

interface CleanupOptions extends ProjectOptions {
  keepDays: number;
  keepNewest?: number;
  keepRollbacks?: number;
  keep?: string[];
  channel?: Channel['name'];
  stream?: string;
  yes?: true;
}

export async function cleanup(options: CleanupOptions): Promise<void> {
  const context = contextOf(options);
  const { env, cwd, now, signal } = context;
  const { streams } = await loadConfig(cwd, options.config);
  const stream = chooseStream(streams, options.stream);
  const channel = anyOf(options.channel);
  const isMain = channel.name === 'main';
  const { image, kmods, stable } = streamForChannel(stream, channel).publish;
  const configured = openRegistry(stream.publish.registry, { env, cwd, signal });
  const cleanup = {
    registry: channelRegistry(stream, channel, { registry: configured, project: cwd, env }),
    scope: { image, kmods, stable: isMain ? stable : [] },
    policy: {
      days: options.keepDays,
      newest: options.keepNewest ?? (isMain ? 3 : 0),
      tags: options.keep ?? [],
      ...(options.keepRollbacks == null ? {} : { rollbacks: options.keepRollbacks }),
    },
    now,
    signal,
  };
  const plan = await proposeCleanup(cleanup);
  const result = options.yes ? await applyCleanup(plan, cleanup) : undefined;
  if (options.json) return printJson(context, { ...plan, ...result });
  context.stdout.write(`${showCleanup(plan, context.style)}\n${sumUpCleanup(plan)}\n`);
  if (result)
    context.stdout.write(`removed ${result.removed.length}, and ${result.blobs.length} blobs\n`);
  else if (plan.removals.length > 0) note(context, 'remove them with: lockstep cleanup --yes');
  for (const name of result?.left ?? [])
    note(context, `still there, though the registry said that it is deleted: ${name}`);
  const kept = result?.refused.length ?? 0;
  if (kept > 0)
    note(
      context,
      `${kept} tags of ended promotions stay, as the registry removes nothing: harmless`,
    );
  return undefined;
}

/** All branches share their repositories. */
function anyOf(name: Channel['name'] = 'main'): Channel {
  return name === 'branch' ? { name, branch: '' } : { name };
}
