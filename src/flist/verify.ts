import { mapConcurrently } from '../system/concurrency.ts';
import type { Digest } from '../system/digest.ts';
import { type Finding, passes } from '../system/finding.ts';
import { openBlockCodec } from './block/codec.ts';
import { distinctBlocks, type FileBlock } from './manifest/blocks.ts';
import { entriesOf } from './manifest/entries.ts';
import { digestOfManifest } from './manifest/load.ts';
import { readManifest } from './manifest/read.ts';
import { openReaders } from './store/open.ts';
import type { StoreConnection } from './store/request.ts';
import { type Route } from './store/route.ts';
import { type BlockSource, blockFinding, openBlockSource } from './store/source.ts';

export interface VerifyOptions extends StoreConnection {
  /** Read blocks from these instead of where the manifest says. */
  routes?: readonly Route[];
  /** Read this many blocks, spread evenly, instead of all. */
  sample?: number;
  onProgress?: (done: number, all: number) => void;
}

/** `unknown`: nothing is wrong but that a route could not be asked. */
export type FlistVerdict = 'pass' | 'fail' | 'unknown';

export interface FlistReport {
  digest: Digest;
  verdict: FlistVerdict;
  /** Blocks with different names. */
  blocks: number;
  /** Of them, those that were read. */
  checked: number;
  findings: Finding[];
}

const AT_ONCE = 16;

/**
 * Checks a manifest by itself, then reads its blocks through its routes as a mount would: id, key,
 * size and content of each. Throws `usage` when the file cannot be read.
 */
export async function verifyFlist(path: string, options: VerifyOptions): Promise<FlistReport> {
  const { manifest, findings } = readManifest(path);
  const digest = await digestOfManifest(path);
  if (!manifest || !passes(findings))
    return { digest, verdict: 'fail', blocks: 0, checked: 0, findings };
  const routes = openReaders(options.routes ?? manifest.routes, options);
  const source = openBlockSource(routes, await openBlockCodec());
  const blocks = distinctBlocks(entriesOf(manifest));
  const chosen = sampleOf(blocks, options.sample);
  const faults = await checkBlocks(chosen, source, options);
  return {
    digest,
    verdict: verdictOf(faults),
    blocks: blocks.length,
    checked: chosen.length,
    findings: [...findings, ...faults],
  };
}

/** What could not be asked is asked once more when other blocks came: the store means them then. */
async function checkBlocks(
  blocks: readonly FileBlock[],
  source: BlockSource,
  options: VerifyOptions,
): Promise<Finding[]> {
  const faults = await faultsOf(blocks, source, options);
  const [unasked, found] = apart(faults);
  if (unasked.length === 0 || faults.length === blocks.length) return faults.map(findingOf);
  const again = unasked.map(({ block }) => block);
  const { retry } = options;
  return [...found, ...(await faultsOf(again, source, { ...(retry && { retry }) }))].map(findingOf);
}

interface BadBlock {
  block: FileBlock;
  fault: Parameters<typeof blockFinding>[0];
}

const findingOf = ({ block, fault }: BadBlock) => blockFinding(fault, block.path);

function apart(faults: readonly BadBlock[]): [unasked: BadBlock[], others: BadBlock[]] {
  const isUnasked = ({ fault }: BadBlock) => fault.rule === 'route-unreachable';
  return [faults.filter(isUnasked), faults.filter((one) => !isUnasked(one))];
}

async function faultsOf(
  blocks: readonly FileBlock[],
  source: BlockSource,
  { retry, onProgress }: Pick<VerifyOptions, 'retry' | 'onProgress'>,
): Promise<BadBlock[]> {
  let done = 0;
  const found = await mapConcurrently(blocks, AT_ONCE, async (block) => {
    retry?.signal?.throwIfAborted();
    const read = await source.read(block, block.size);
    onProgress?.(++done, blocks.length);
    return 'fault' in read ? [{ block, fault: read.fault }] : [];
  });
  return found.flat();
}

function verdictOf(faults: readonly Finding[]): FlistVerdict {
  if (faults.length === 0) return 'pass';
  return faults.every(({ rule }) => rule === 'route-unreachable') ? 'unknown' : 'fail';
}

/** Evenly spread, so that every part of the tree is looked at. */
function sampleOf(blocks: readonly FileBlock[], count = blocks.length): readonly FileBlock[] {
  if (count >= blocks.length) return blocks;
  return Array.from(
    { length: count },
    (_, at) => blocks[Math.floor((at * blocks.length) / count)],
  ).filter((block) => block != null);
}
