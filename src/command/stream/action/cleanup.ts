import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { blocksWith } from '../../../release/blocks/of-stream.ts';
import {
  type Channel,
  flistRepository,
  streamForChannel,
} from '../../../release/channel/channel.ts';
import { channelRegistry } from '../../../release/channel/ends.ts';
import { applyCleanup, proposeCleanup } from '../../../release/retention/apply.ts';
import type { Removal } from '../../../release/retention/removal.ts';
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
  const here = streamForChannel(stream, channel);
  const { image, kmods, stable } = here.publish;
  const configured = openRegistry(stream.publish.registry, { env, cwd, signal });
  const flists = here.flists && flistRepository(here);
  const registry = channelRegistry(stream, channel, { registry: configured, project: cwd, env });
  const blocks = await blocksWith(here, streams, { registry, project: cwd, env, signal, now });
  const cleanup = {
    registry,
    scope: { image, kmods, stable: isMain ? stable : [], ...(flists != null && { flists }) },
    ...(blocks && { beforeRemoval: (removals: readonly Removal[]) => blocks.remove(removals) }),
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
  const store = await blocks?.propose(plan.removals);
  const result = options.yes ? await applyCleanup(plan, cleanup) : undefined;
  if (options.json) return printJson(context, { ...plan, ...(store && { store }), ...result });
  context.stdout.write(`${showCleanup(plan, context.style)}\n${sumUpCleanup(plan, store)}\n`);
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
