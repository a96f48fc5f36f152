import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { relative } from 'node:path';
import type { Flists } from '../../../config/flists-schema.ts';
import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import type { Registry } from '../../../oci/repository.ts';
import { flistRepository } from '../../../release/channel/channel.ts';
import { openTrust, type Trust } from '../../../release/context/trust.ts';
import { flistKey } from '../../../release/flists/of-stream.ts';
import { flistPlaces } from '../../../release/flists/places.ts';
import { publishToStore } from '../../../release/flists/to-store.ts';
import { keeperOf, provenSource } from '../../../release/promotion/by-hand.ts';
import { type Published, publishFlists } from '../../../release/promotion/publish-flists.ts';
import { hostSignatures } from '../../../release/promotion/signatures.ts';
import { runId } from '../../../release/record/run-name.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { connectionOf, fileOf, tellFindings } from '../shared/context.ts';
import { publishRequest, type SourceOptions } from '../shared/publish-request.ts';
import { publishedDocument, publishedLines } from '../shared/published.ts';

interface PublishOptions extends ProjectOptions, SourceOptions {
  stream?: string;
  conf?: string;
  sign?: string;
  output: string;
}

export async function publish(source: string | undefined, options: PublishOptions): Promise<void> {
  const context = contextOf(options);
  const { env, cwd: project, now, signal } = context;
  const stream = options.conf == null ? await streamOf(context, options) : undefined;
  const flists: Flists = stream?.flists ?? { conf: options.conf };
  const places = await flistPlaces(flists, { env, project });
  const sign = options.sign ?? flists.sign;
  const key = await flistKey(sign, { env, project });
  const folder = fileOf(context, options.output);
  await mkdir(folder, { recursive: true });
  // Not ended by Ctrl-C: what moves together must not be torn apart.
  const registry = stream && openRegistry(stream.publish.registry, { env, cwd: project });
  const trust = stream && (await openTrust(stream, { env, project, now }));
  const named = source ?? stableOf(stream);
  const own = stream && registry && trust && { stream, registry, trust };
  const proven = own ? await provenIn(context, own, named) : named;
  const what = { options, flists, tag: places.firmwareTag };
  const request = await publishRequest(context, proven, what);
  const common = { ...connectionOf(context), signal, places, folder, ...(key && { key }) };
  const published: Partial<Published> & Pick<Published, 'flists' | 'written'> = registry
    ? await publishFlists(request, {
        ...common,
        registry,
        trust,
        signatures: await hostSignatures(stream, { registry, trust, now }),
        repository: flistRepository(stream),
        id: runId(now(), randomBytes(2).toString('hex')),
        project,
        now,
      })
    : await publishToStore(request, common);
  const told = { ...published, folder: relative(project, folder) || '.' };
  if (options.json) return printJson(context, publishedDocument(told));
  for (const line of publishedLines(told)) context.stdout.write(`${line}\n`);
  tellFindings(
    context,
    published.flists.flatMap(({ gates }) => [...gates.values()].flat()),
  );
}

/** With trust an image of the stream itself must have passed by verdicts that count. */
async function provenIn(
  { env, cwd: project, signal }: Context,
  { stream, registry, trust }: { stream: Stream; registry: Registry; trust: Trust },
  text: string,
): Promise<string> {
  const around = { env, project, signal, anyTerms: true, seals: trust.verdicts };
  const mayPromote = await keeperOf(stream, registry, around);
  return provenSource(stream, registry, { text, mayPromote });
}

/** The stream whose flists are meant. Throws `config` for one that has none. */
async function streamOf(context: Context, options: PublishOptions): Promise<Stream> {
  const { streams } = await loadConfig(context.cwd, options.config);
  const stream = chooseStream(streams, options.stream);
  if (stream.flists) return stream;
  throw new LockstepError('config', `the stream ${stream.name} has no flists`, {
    hint: 'say in lockstep.yaml where they go, under flists, or name an rfs.conf: --conf FILE',
  });
}

/** What hosts of the stream follow. */
function stableOf(stream: Stream | undefined): string {
  const tag = stream?.publish.stable.find((template) => !template.includes('{'));
  if (stream && tag != null) {
    const { registry, image } = stream.publish;
    return `${registry.replace(/\/+$/, '')}/${image}:${tag}`;
  }
  throw new LockstepError('usage', 'name what is to be packed: a folder, or an image');
}
