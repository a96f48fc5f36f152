import { type Finding, passes } from '../../system/finding.ts';
import type { Descriptor, Platform } from '../descriptor.ts';
import type { Reader } from '../repository.ts';
import { hasBoundToc } from '../toc/toc.ts';
import { type OpenImage, openImage } from '../tree/image.ts';
import type { LayerLook } from '../tree/listing.ts';
import { countingReader, type Transfer } from '../tree/listing-count.ts';
import { openImageTree } from '../tree/tree.ts';
import { directoryEvidence, kernelLayers } from './files.ts';
import { judge } from './judge.ts';
import type { KernelEvidence, Trust } from './kernel.ts';
import { metadataEvidence, otherPlatforms } from './metadata.ts';
import { isRpmDatabase, rpmEvidence } from './rpm.ts';

/** How hard to look: what is cheap, the manifest and config alone, or everything. */
export type Look = 'auto' | 'metadata' | 'deep';

export interface FindKernelOptions {
  platform?: Platform;
  /** Default `auto`: inside too when that costs little or nothing else answers. */
  look?: Look;
  /** Bytes of layers without a table of contents that are streamed unasked (default 64 MiB). */
  cheap?: number;
}

/** Which kernel is in an image, by what evidence, and what speaks against it. */
export interface KernelReport {
  name: string;
  digest: string;
  /** What the best evidence says; undefined when there is none. */
  kernel?: string;
  trust?: Trust;
  evidence: KernelEvidence[];
  /** An `error` is a contradiction, or no kernel at all. */
  findings: Finding[];
  /** How each layer that was looked into was read. */
  layers: LayerLook[];
  transfer: Transfer;
}

const CHEAP = 64 << 20;
const RANK: Record<Trust, number> = { seen: 0, stated: 1, inherited: 2 };

/**
 * Finds out which kernel is in an image without pulling it. Contradictions (a stale label,
 * several kernels, platforms of an index that disagree) are findings with severity `error`.
 */
export async function findKernel(
  reader: Reader,
  reference: string | Descriptor,
  options: FindKernelOptions = {},
): Promise<KernelReport> {
  const counted = countingReader(reader);
  const image = await openImage(counted.reader, reference, options);
  const platforms = await otherPlatforms(counted.reader, image);
  const stated = metadataEvidence(image);
  const look = options.look ?? 'auto';
  const inside =
    look === 'metadata'
      ? NOTHING
      : await lookInside(counted.reader, image, stated, { look, cheap: options.cheap ?? CHEAP });
  const evidence = [...inside.evidence, ...stated].sort((a, b) => RANK[a.trust] - RANK[b.trust]);
  const findings = [...inside.findings, ...judge(evidence, platforms, inside.layers.length > 0)];
  const [best] = evidence;
  return {
    name: image.name,
    digest: image.document.descriptor.digest,
    ...(best ? { kernel: best.kernel, trust: best.trust } : {}),
    evidence,
    findings,
    layers: inside.layers,
    transfer: counted.transfer,
  };
}

interface Inside {
  evidence: KernelEvidence[];
  findings: Finding[];
  layers: LayerLook[];
}

const NOTHING: Inside = { evidence: [], findings: [], layers: [] };

/** Looks at files as far as the question is worth it. */
async function lookInside(
  reader: Reader,
  image: OpenImage,
  stated: readonly KernelEvidence[],
  { look, cheap }: { look: Look; cheap: number },
): Promise<Inside> {
  const doubtful = stated.length === 0 || !passes(judge(stated, [], true));
  if (look === 'deep' || doubtful || costOf(image) <= cheap) {
    return lookAtAll(reader, image, look === 'deep');
  }
  const pointed = kernelLayers(image);
  return pointed.length > 0 ? lookAtLayers(reader, image, pointed) : NOTHING;
}

async function lookAtAll(reader: Reader, image: OpenImage, deep: boolean): Promise<Inside> {
  const tree = await openImageTree(
    reader,
    { ...image, reader },
    { contents: 'toc', keep: isRpmDatabase },
  );
  const { evidence, findings } = await directoryEvidence(tree);
  const kernels = new Set(evidence.map(({ kernel }) => kernel));
  const packages = deep || kernels.size !== 1 ? await rpmEvidence(tree) : NOTHING;
  return {
    evidence: [...evidence, ...packages.evidence],
    findings: [...findings, ...packages.findings],
    layers: [...tree.looks],
  };
}

/** Looks only at the layers that say that they hold the kernel. */
async function lookAtLayers(
  reader: Reader,
  image: OpenImage,
  numbers: readonly number[],
): Promise<Inside> {
  const inside: Inside = { evidence: [], findings: [], layers: [] };
  for (const layer of numbers) {
    const tree = await openImageTree(reader, { ...image, reader }, { contents: 'toc', layer });
    const { evidence } = await directoryEvidence(tree);
    const where = `layer ${layer}, `;
    inside.evidence.push(...evidence.map((each) => ({ ...each, where: where + each.where })));
    inside.layers.push(...tree.looks);
  }
  return inside;
}

/** Bytes that have to be streamed to know every name. */
function costOf(image: OpenImage): number {
  const streamed = image.document.manifest.layers.filter((layer) => !hasBoundToc(layer));
  return streamed.reduce((sum, { size }) => sum + size, 0);
}
