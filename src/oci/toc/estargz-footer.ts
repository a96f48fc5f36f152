import { headerOf, invalid, type RawTocEntry, requirePieces } from './entry.ts';
import type { ContentPlace, TocEntry } from './toc.ts';

/** Files that only tell a snapshotter what to fetch first (estargz.md, "Prioritized Files"). */
const LANDMARKS = new Set(['.prefetch.landmark', '.no.prefetch.landmark', 'stargz.index.json']);

/**
 * The entries of an eStargz table, whose JSON both eStargz and one dialect of zstd:chunked use
 * (estargz.md, "TOC"). A piece has no length there: it ends where the next one starts, and the
 * last one at the table. `end` is where the table starts.
 */
export function estargzEntries(
  raws: RawTocEntry[],
  format: ContentPlace['format'],
  end: number,
  where: string,
): TocEntry[] {
  const starts = startsOf(raws, end);
  const entries: TocEntry[] = [];
  let file: TocEntry | undefined;
  for (const raw of raws) {
    if (raw.type === 'chunk') {
      if (!file?.place || raw.name !== file.header.path) throw invalid('has a stray chunk', where);
      file.place.pieces.push(pieceOf(raw, file.header.size, starts));
      continue;
    }
    const header = headerOf(raw, where);
    if (LANDMARKS.has(header.path)) continue;
    file = { header };
    if (header.type === 'file' && header.size > 0) {
      const digest = raw.digest ? { digest: raw.digest } : {};
      const pieces = [pieceOf(raw, header.size, starts)];
      file.place = { format, pieces, alone: false, ...digest };
    }
    entries.push(file);
  }
  return entries.map((entry) => requirePieces(entry, end, where));
}

function pieceOf(raw: RawTocEntry, fileSize: number, starts: readonly number[]) {
  return {
    start: raw.offset,
    end: firstAbove(starts, raw.offset),
    skip: raw.innerOffset,
    size: raw.chunkSize || Math.max(fileSize - raw.chunkOffset, 0),
  };
}

function startsOf(raws: RawTocEntry[], end: number): number[] {
  const starts = raws
    .filter(({ type }) => type === 'reg' || type === 'chunk')
    .map(({ offset }) => offset);
  return [...new Set([...starts, end])].sort((a, b) => a - b);
}

/** The first number of a sorted list that is above another one; that number when none is. */
function firstAbove(sorted: readonly number[], number: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > number) high = middle;
    else low = middle + 1;
  }
  return sorted[low] ?? number;
}
