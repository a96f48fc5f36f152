import { hexOf } from './manifest/blocks.ts';
import type { FlistEntry } from './manifest/entries.ts';

/** What of an entry differs. */
export type Difference =
  | 'type'
  | 'content'
  | 'size'
  | 'mode'
  | 'owner'
  | 'time'
  | 'target'
  | 'device';

export interface FlistDiff {
  added: string[];
  removed: string[];
  changed: { path: string; what: Difference[] }[];
}

/** What a second flist has other than a first, by path. */
export function diffEntries(
  before: readonly FlistEntry[],
  after: readonly FlistEntry[],
): FlistDiff {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const fresh = new Set(after.map(({ path }) => path));
  return {
    added: after.filter(({ path }) => !old.has(path)).map(({ path }) => path),
    removed: before.filter(({ path }) => !fresh.has(path)).map(({ path }) => path),
    changed: after.flatMap((entry) => {
      const known = old.get(entry.path);
      const what = known ? differences(known, entry) : [];
      return what.length > 0 ? [{ path: entry.path, what }] : [];
    }),
  };
}

/** Content is the same when its keys are: another encoder gives other ids (rfs: src/store/bs.rs). */
function differences(one: FlistEntry, other: FlistEntry): Difference[] {
  if (one.type !== other.type) return ['type'];
  const isFile = one.type === 'file';
  return (
    [
      ['content', isFile && keysOf(one) !== keysOf(other)],
      ['size', isFile && one.size !== other.size],
      ['mode', one.mode !== other.mode],
      ['owner', one.uid !== other.uid || one.gid !== other.gid],
      ['time', one.mtime !== other.mtime],
      ['target', one.linkTarget !== other.linkTarget],
      ['device', one.major !== other.major || one.minor !== other.minor],
    ] as const
  ).flatMap(([what, differs]) => (differs ? [what] : []));
}

function keysOf({ blocks }: FlistEntry): string {
  return (blocks ?? []).map(({ key }) => hexOf(key)).join();
}
