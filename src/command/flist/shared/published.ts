import { basename, join } from 'node:path';
import type { Published } from '../../../release/promotion/publish-flists.ts';

/** What was published, where the manifests lie, and what of the promotion there was. */
export type PublishedHere = Pick<Published, 'flists' | 'written'> &
  Partial<Pick<Published, 'promotion'>> & { folder: string };

/** The document of `flist publish --json`. */
export interface PublishedDocument {
  flists: {
    manifest: string;
    digest: string;
    kernel?: string;
    stored: number;
    reused: number;
    findings: { gate: string; rule: string; severity: string; message: string }[];
  }[];
  /** Tags that moved, with the digests that they point to now. */
  moved: Record<string, string>;
  /** Manifests that were put into the store. */
  written: string[];
}

export function publishedDocument({
  flists,
  promotion,
  written,
  folder,
}: PublishedHere): PublishedDocument {
  const moves = promotion?.moves ?? [];
  return {
    flists: flists.map(({ content, file, digest, stored, reused, gates }) => ({
      manifest: join(folder, basename(file)),
      digest,
      ...(content.kind === 'modules' && { kernel: content.kernel }),
      stored,
      reused,
      findings: [...gates].flatMap(([gate, findings]) =>
        findings.map(({ rule, severity, message }) => ({ gate, rule, severity, message })),
      ),
    })),
    moved: Object.fromEntries(moves.map(({ repository, tag, to }) => [`${repository}:${tag}`, to])),
    written,
  };
}

export function publishedLines(published: PublishedHere): string[] {
  const { flists, moved, written } = publishedDocument(published);
  return [
    ...flists.map(
      ({ manifest, digest, stored, reused }) =>
        `${manifest} ${digest}: ${stored} blocks stored, ${reused} were there, all read back`,
    ),
    ...Object.entries(moved).map(([tag, digest]) => `${tag} is ${digest} now`),
    ...written.map((name) => `put into the store: ${name}`),
  ];
}
