import type { Digest } from '../system/digest.ts';
import type { Finding } from '../system/finding.ts';
import { distinctBlocks } from './manifest/blocks.ts';
import type { FlistEntry } from './manifest/entries.ts';
import { entriesOf } from './manifest/entries.ts';
import type { LoadedManifest } from './manifest/load.ts';
import { shownRoute } from './store/address.ts';
import { formatRoute } from './store/route.ts';

/** What a flist holds, in numbers. */
export interface FlistSummary {
  manifest: string;
  digest: Digest;
  files: number;
  directories: number;
  symlinks: number;
  /** Devices, pipes and sockets. */
  others: number;
  /** Of the content of all files. */
  bytes: number;
  /** Blocks with different names. */
  blocks: number;
  /** `xx-yy=URL`, without passwords. */
  routes: string[];
  tags: Record<string, string>;
  findings: Finding[];
}

/** The root is not counted. */
export function summaryOf({ path, digest, manifest, findings }: LoadedManifest): FlistSummary {
  const entries = entriesOf(manifest);
  const count = (...types: FlistEntry['type'][]) =>
    entries.filter(({ type }) => types.includes(type)).length;
  const files = entries.filter(({ type }) => type === 'file');
  return {
    manifest: path,
    digest,
    files: files.length,
    directories: count('directory'),
    symlinks: count('symlink'),
    others: count('char', 'block', 'fifo', 'socket'),
    bytes: files.reduce((sum, { size }) => sum + size, 0),
    blocks: distinctBlocks(entries).length,
    routes: manifest.routes.map((route) => formatRoute(shownRoute(route))),
    tags: { ...manifest.tags },
    findings,
  };
}
