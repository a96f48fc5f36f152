import { type Command, Option, type OptionValues } from '@commander-js/extra-typings';
import { channels } from '../../release/channel/channel.ts';

export const CHANNEL_HELP = `

Channels (docs/channels.md). Nothing is guessed from the variables of a CI service: a job says it.
  main           moves publish.stable; what is meant when nothing is said
  branch         moves br-BRANCH-OSVERSION alone:  --channel branch --branch "$BRANCH"
  pull-request   publishes nothing, needs no login that may write:  --channel pull-request`;

/** What says which channel is meant. */
export interface ChannelOptions {
  channel?: (typeof channels)[number];
  branch?: string;
}

/** Adds the options that name a channel. */
export function channelOptions<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .addOption(
      new Option('--channel <name>', 'what may be published (default: main)').choices(channels),
    )
    .option('--branch <name>', 'which branch, with --channel branch');
}
