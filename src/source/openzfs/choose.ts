import { LockstepError } from '../../system/error.ts';
import type { KernelRange } from '../module-source.ts';
import { standingOf } from '../range.ts';
import type { Release } from './releases.ts';
import { compareVersions, lineOf } from './version.ts';

/** Takes the newest release of any line that supports the kernels. */
export const LATEST_COMPATIBLE = 'latest-compatible';

/** The highest patch of each line, highest line first. */
export function newestPerLine<T extends { version: string }>(releases: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const one of sorted(releases)) {
    const line = lineOf(one.version);
    if (!newest.has(line)) newest.set(line, one);
  }
  return [...newest.values()];
}

export interface Choice {
  /** `2.4`, or `latest-compatible`. */
  line: string;
  /** Releases of the kernels to build for. */
  kernels: readonly string[];
  /** The version that stable has now. */
  floor?: string;
  /** The kernels that a release supports; undefined when nobody can tell. */
  rangeOf: (release: Release) => Promise<KernelRange | undefined>;
}

/**
 * The release to build: of a line its highest patch, whatever it supports (the compat gate says
 * whether that is enough). With `latest-compatible` the highest release of all whose range holds
 * the kernels, never one below `floor`; when none does, the highest, so that the gate refuses it
 * with the reason. Throws `not-found` when there is none to choose from.
 */
export async function chooseRelease(
  releases: readonly Release[],
  choice: Choice,
): Promise<Release> {
  if (choice.line !== LATEST_COMPATIBLE) {
    const found = newestPerLine(releases).find(({ version }) => lineOf(version) === choice.line);
    if (found) return found;
    throw noSuchLine(releases, choice.line);
  }
  const { floor } = choice;
  const allowed = sorted(releases).filter(
    ({ version }) => floor == null || compareVersions(version, floor) >= 0,
  );
  const [highest] = allowed;
  if (!highest) throw noneAbove(floor);
  for (const release of allowed) {
    const range = await choice.rangeOf(release);
    if (range?.max && holdsAll(range, choice.kernels)) return release;
  }
  return highest;
}

function holdsAll(range: KernelRange, kernels: readonly string[]): boolean {
  return kernels.every((kernel) => standingOf(kernel, range) === 'inside');
}

function sorted<T extends { version: string }>(releases: readonly T[]): T[] {
  return [...releases].sort((a, b) => compareVersions(b.version, a.version));
}

function noSuchLine(releases: readonly Release[], line: string): LockstepError {
  const lines = newestPerLine(releases).map(({ version }) => lineOf(version));
  const known = lines.slice(0, 8).join(', ') || 'none at all';
  return new LockstepError('not-found', `OpenZFS has no release of the line ${line}`, {
    context: { line },
    hint: `there are releases of the lines ${known}`,
  });
}

function noneAbove(floor: string | undefined): LockstepError {
  const message = floor
    ? `stable has OpenZFS ${floor}, and no release from that one on is listed`
    : 'no release of OpenZFS is listed';
  return new LockstepError('not-found', message, {
    hint: 'an older one could not import pools that the newer one has upgraded; name a line to choose it nevertheless',
  });
}
