import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { type Channel, channelOf, streamForChannel } from '../../../release/channel/channel.ts';
import { type Ends, endsOf } from '../../../release/channel/ends.ts';
import { leftoversOf } from '../../../release/channel/leftovers.ts';
import { type Counting, knownTrust } from '../../../release/context/trust.ts';
import { followedFlists } from '../../../release/flists/told.ts';
import type { StableImage } from '../../../release/record/stable-image.ts';
import { type SignatureState, signatureState } from '../../../release/status/signature.ts';
import { readStreamState } from '../../../release/status/state.ts';
import { type StreamStatus, statusOf } from '../../../release/status/status.ts';
import { statusPage } from '../../../site/page.ts';
import { writeWhole } from '../../../system/write-whole.ts';
import type { ChannelOptions } from '../../options/channel.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import type { ChoiceOptions } from '../../options/several.ts';
import { addSummary, markdownTable } from '../../render/job.ts';
import { leftText, statusText } from '../../render/status.ts';

interface StatusOptions extends ProjectOptions, ChannelOptions, ChoiceOptions {
  html?: string;
}

export async function status(options: StatusOptions): Promise<void> {
  const context = contextOf(options);
  const channel = channelOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const streams: StreamStatus[] = [];
  for (const stream of streamsNamed(config.streams, options.stream)) {
    const registry = openRegistry(stream.publish.registry, context);
    const ends = endsOf(stream, channel, { ...context, registry, project: context.cwd });
    const { signers, records } = await knownTrust(stream, { ...context, project: context.cwd });
    const own = streamForChannel(stream, channel);
    const state = await readStreamState(ends, own, channel, records);
    const signature = await signatureOf(stream, { channel, ends, signers, stable: state.stable });
    const flists = ends.flists && (await followedFlists(ends.flists));
    const status = statusOf({ ...state, signature, flists }, context.now());
    if (hasKernel(status, options.kernel)) streams.push(status);
  }
  const left = await leftoversOf(context.cwd, context.now());
  const shown = streams.map((stream) => statusText(stream, context));
  if (options.html != null) {
    const page = statusPage(streams, context.now());
    await writeWhole(resolve(context.cwd, options.html), Buffer.from(page));
  }
  if (options.json) printJson(context, { streams, left });
  else context.stdout.write(`${[...shown, ...leftText(left)].join('\n\n')}\n`);
  await addSummary(context.env, summary(streams));
  const lags = streams.some((status) => status.state !== 'current');
  if (lags && options.html == null) process.exitCode = 1;
}

interface Signed extends Pick<Counting, 'signers'> {
  stable: StableImage | undefined;
  channel: Channel;
  ends: Ends;
}

/** Whether stable is signed; undefined on other channels than main, which sign nothing. */
async function signatureOf(
  { trust }: Stream,
  { stable, channel, ends, signers }: Signed,
): Promise<SignatureState | undefined> {
  if (!stable || channel.name !== 'main') return undefined;
  return trust ? signatureState(ends.stable, stable.digest, signers) : 'unsigned';
}

/** Whether upstream or stable has one of these kernels; without any: whatever they have. */
function hasKernel(
  { upstreamKernel, stableKernels }: StreamStatus,
  kernels: readonly string[] | undefined,
): boolean {
  const has = [...stableKernels, ...(upstreamKernel ? [upstreamKernel] : [])];
  return kernels == null || kernels.some((kernel) => has.includes(kernel));
}

function summary(streams: readonly StreamStatus[]): string {
  const rows = streams.map(({ stream, state, upstreamKernel, stableKernels, lag }) => [
    stream,
    state,
    upstreamKernel ?? '',
    stableKernels.join(' '),
    lag?.held ? `${lag.held.step}: ${lag.held.message}` : '',
  ]);
  return markdownTable(['stream', 'state', 'upstream', 'stable', 'held by'], rows);
}
