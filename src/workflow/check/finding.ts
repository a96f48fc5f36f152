import type { Finding } from '../../system/finding.ts';

/** A finding at a place of a file, counted from line 1, column 1. */
export interface PlacedFinding extends Finding {
  where: { file: string; line: number; column: number };
}

/** `file:line:col`, as editors take it. */
export function placeText({ where }: Pick<PlacedFinding, 'where'>): string {
  return `${where.file}:${where.line}:${where.column}`;
}
