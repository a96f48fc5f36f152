import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { knownTrust } from '../../../release/context/trust.ts';
import { readHistory } from '../../../release/history/history.ts';
import { type Heads, keepHeads, readHeads } from '../../../release/history/memory.ts';
import { LockstepError } from '../../../system/error.ts';
import { passes } from '../../../system/finding.ts';
import type { TagHistory } from '../../../trust/chain/judge.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, note, type ProjectOptions, printJson } from '../../options/project.ts';
import { historyText } from '../render/history.ts';

interface HistoryOptions extends ProjectOptions {
  stream?: string[];
  remember?: string;
}

/** How the tags of one stream came to where they are. */
interface StreamHistory {
  name: string;
  /** True when only records count that are signed by the keys of `trust`. */
  signed: boolean;
  tags: TagHistory[];
}

export async function history(tag: string | undefined, options: HistoryOptions): Promise<void> {
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const file = options.remember == null ? undefined : resolve(context.cwd, options.remember);
  const heads = file == null ? {} : await readHeads(file);
  const read: StreamHistory[] = [];
  for (const stream of streamsNamed(streams, options.stream))
    read.push(await historyOf(stream, { tag, heads }, context));
  const tags = read.flatMap((one) => one.tags);
  if (file != null) await keepHeads(file, heads, tags);
  if (options.json) printJson(context, { streams: read });
  else context.stdout.write(read.map(({ tags }) => historyText(tags, context)).join(''));
  if (!tags.every(({ findings }) => passes(findings))) process.exitCode = 1;
}

async function historyOf(
  stream: Stream,
  { tag, heads }: { tag: string | undefined; heads: Heads },
  context: Context,
): Promise<StreamHistory> {
  const { env, cwd, now } = context;
  const { records: seals } = await knownTrust(stream, { env, project: cwd, now });
  if (stream.trust && !seals)
    note(context, `${stream.name}: nobody is known who signs: name ${nameOf(stream.trust)}`);
  const registry = openRegistry(stream.publish.registry, context);
  const tags = await readHistory(stream, { registry, seals, tag, remembered: heads });
  if (tag != null && tags.length === 0) throw noTag(stream.publish.image, tag);
  return { name: stream.name, signed: seals != null, tags };
}

/** What tells who signs. */
function nameOf({ key }: NonNullable<Stream['trust']>): string {
  return key == null ? 'trust.keyless.identity' : 'trust.public';
}

function noTag(image: string, tag: string): LockstepError {
  return new LockstepError('not-found', `${image} has no tag ${tag}`, {
    hint: 'lockstep tags lists them',
  });
}
