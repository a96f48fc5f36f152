import type { Pin } from './pin.ts';
import { repositoryOf } from './pin.ts';
import type { Upstream } from './verify.ts';
import { newestVersion } from './version.ts';

/** What a pin is to become. */
export interface PinUpdate {
  pin: Pin;
  at: string;
  version?: string;
}

export interface UpdateOptions {
  /** Take a new first number of a version, too (default false). */
  major?: boolean;
  /** The version of lockstep that runs. */
  program: string;
}

/** What a pin is renewed to; undefined when it is the newest, or nothing tells what would be. */
export async function updateOf(
  pin: Pin,
  upstream: Upstream,
  { major, program }: UpdateOptions,
): Promise<PinUpdate | undefined> {
  const next = await newestOf(pin, upstream, { major, program });
  return next && (next.at !== pin.at || next.version !== pin.version)
    ? { pin, ...next }
    : undefined;
}

async function newestOf(
  pin: Pin,
  upstream: Upstream,
  { major, program }: UpdateOptions,
): Promise<Omit<PinUpdate, 'pin'> | undefined> {
  if (pin.kind === 'program') return { at: program };
  if (pin.kind === 'keyring') return undefined;
  if (pin.kind === 'image') {
    const isOpen = pin.version == null || pin.name.includes('{');
    const digest = isOpen ? undefined : await upstream.image(pin.name);
    return digest && { at: digest, version: pin.version };
  }
  const { tags, head } = await upstream.repository(repositoryOf(pin) ?? '');
  if (pin.kind === 'commit') return head == null ? undefined : { at: head };
  const newest = newestVersion(tags, pin.version, { major });
  return newest && { at: newest.commit, version: newest.tag };
}

/** The text of a file with these pins renewed; every other byte stays. */
export function withUpdates(text: string, updates: readonly PinUpdate[]): string {
  const edits = updates.flatMap(({ pin, at, version }) => [
    { range: pin.range, to: at },
    ...(pin.versionRange && version && version !== pin.version
      ? [{ range: pin.versionRange, to: version }]
      : []),
  ]);
  return edits
    .sort((a, b) => b.range.from - a.range.from)
    .reduce((now, { range, to }) => now.slice(0, range.from) + to + now.slice(range.to), text);
}
