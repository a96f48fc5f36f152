import type { Stream } from '../../config/schema.ts';
import { LockstepError } from '../../system/error.ts';
import { WORK_FOLDER } from './folders.ts';
import { branchSlug } from './slug.ts';

export const channels = ['main', 'branch', 'pull-request'] as const;

/** What a run may publish (docs/channels.md). */
export type Channel =
  | { name: 'main' }
  | { name: 'branch'; branch: string }
  | { name: 'pull-request' };

/** The channel that is meant when none is named. */
export const MAIN: Channel = { name: 'main' };

/** Where a pull request keeps what it makes: beside the configuration. */
const LOCAL = `oci:${WORK_FOLDER}/pull-request`;

/** What the repositories of branches are called after those of main. */
const BRANCH_SUFFIX = '-br';

/** What the tags of branches begin with. */
const BRANCH_PREFIX = 'br-';

/** The channel that two options name; throws `usage` for a branch without a name. */
export function channelOf(options: {
  channel?: (typeof channels)[number];
  branch?: string;
}): Channel {
  const { channel: name = 'main', branch } = options;
  if (name !== 'branch') {
    if (branch == null) return { name };
    throw new LockstepError('usage', `channel ${name} has no branches`, {
      hint: 'name the channel too: --channel branch --branch NAME',
    });
  }
  if (branch) return { name, branch };
  throw new LockstepError('usage', 'channel branch needs the name of a branch', {
    hint: 'name it: --channel branch --branch NAME (an empty variable of a CI job names none)',
  });
}

/**
 * The stream with the `publish` values of a channel: whatever a run makes and writes down goes
 * there. The configuration of main is left as it is. Flists are of main alone: machines fetch
 * them from one store.
 */
export function streamForChannel(stream: Stream, channel: Channel): Stream {
  const { publish } = stream;
  if (channel.name === 'main') return stream;
  if (channel.name === 'pull-request')
    return { ...withoutFlists(stream), publish: { ...publish, registry: LOCAL } };
  const slug = branchSlug(channel.branch);
  return {
    ...withoutFlists(stream),
    publish: {
      ...publish,
      image: `${publish.image}${BRANCH_SUFFIX}`,
      kmods: `${publish.kmods}${BRANCH_SUFFIX}`,
      stable: [`${BRANCH_PREFIX}${slug}-{os_version}`],
    },
  };
}

function withoutFlists(stream: Stream): Stream {
  const { flists: _, ...rest } = stream;
  return rest;
}

/** Name of the repository that the flists of a stream stand in. */
export function flistRepository({ publish, flists }: Pick<Stream, 'publish' | 'flists'>): string {
  return flists?.repository ?? `${publish.image}-flists`;
}
