import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { findKernels } from '../../gate/abi/kernel/files.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { ImageTree } from '../../oci/tree/tree.ts';
import { LockstepError } from '../../system/error.ts';
import type { Finding } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { GateFailure } from '../record/journal.ts';
import { readVerdicts } from '../record/verdicts.ts';
import { type FlistRequest, firmwareFor, type MadeFlist, makeFlists } from './make.ts';
import { firmwareTag } from './names.ts';
import { type FlistOfImage, recordFlists } from './of-image.ts';
import { flistsOfStream } from './of-stream.ts';
import { imageSource } from './source.ts';
import { storeFlist } from './stored.ts';

/** An image whose modules and firmware are packed. */
export interface PackedImage {
  candidate: Descriptor;
  tree: ImageTree;
  /** Releases of all its kernels. */
  kernels: readonly string[];
}

/**
 * Packs modules and firmware of an image, reads every block back through the routes, stores the
 * manifests and notes them at the image. What is wrong with them is in the findings.
 */
export async function flistsGate(
  context: RunContext,
  image: PackedImage,
): Promise<{ findings: Finding[]; remark?: string }> {
  const { ends, stream, folders, project, now, signal, trust } = context;
  const options = await flistsOfStream(stream, context);
  if (!options || !ends.flists) throw notConfigured(stream.name);
  const folder = join(folders.scratch, 'flists');
  await mkdir(folder, { recursive: true });
  const request = await requestFor(context, image, options.places.firmwareTag);
  const made = await orFindings(makeFlists(request, { ...options, folder, signal }));
  if ('findings' in made) return made;
  const flists: FlistOfImage[] = [];
  for (const one of made.flists) {
    const { routes } = options.places;
    flists.push(
      await storeFlist(ends.flists, one, { routes, project, now, seals: trust?.verdicts }),
    );
  }
  await recordFlists(ends.image, image.candidate, { flists, created: now() });
  const findings = made.flists.flatMap(({ gates }) => gates.get('contents') ?? []);
  return { findings, remark: made.flists.map(summaryOf).join('; ') };
}

async function requestFor(
  { ends, stream, project, now, trust }: RunContext,
  { candidate, tree, kernels }: PackedImage,
  tag = firmwareTag(now()),
): Promise<FlistRequest> {
  const source = imageSource(tree);
  const setting = stream.flists?.firmware;
  const firmware = await firmwareFor(source, setting ? join(project, setting) : setting);
  // The gate abi has judged the very same files.
  const abi = (await readVerdicts(ends.image, candidate.digest, trust?.verdicts)).get('abi');
  return {
    source,
    kernels: (await findKernels(tree)).filter(({ release }) => kernels.includes(release)),
    ...(firmware && { firmware: { ...firmware, tag } }),
    ...(abi?.result === 'pass' && { abi: abi.findings }),
  };
}

/** The no of a gate as what it found. */
async function orFindings(
  making: Promise<MadeFlist[]>,
): Promise<{ flists: MadeFlist[] } | { findings: Finding[] }> {
  try {
    return { flists: await making };
  } catch (error) {
    if (error instanceof GateFailure) return { findings: [...error.findings] };
    throw error;
  }
}

function summaryOf({ file, stored, reused }: MadeFlist): string {
  return `${file.split('/').at(-1)}: ${stored} blocks stored, ${reused} were there`;
}

function notConfigured(stream: string): LockstepError {
  return new LockstepError('usage', `the stream ${stream} has no flists on this channel`);
}
