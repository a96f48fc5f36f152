import type { BaseFacts } from '../../../stream/image/base.ts';
import type { Digest } from '../../../system/digest.ts';
import type { RunContext } from '../../context/run-context.ts';
import { lastInputs } from '../../kept/last-inputs.ts';

/**
 * What the inputs of the last run say of a base that has not moved since: a fresh machine need not
 * read gigabytes of layers to learn which kernel is in them. Undefined for another base.
 */
export async function knownBase(
  context: Pick<RunContext, 'ends' | 'stream'>,
  asked: Digest,
): Promise<BaseFacts | undefined> {
  const inputs = await lastInputs(context);
  if (inputs?.family !== 'rpm') return undefined;
  if ((inputs.base.index ?? inputs.base.digest) !== asked) return undefined;
  const { kernels, removed, digest, index, version, architecture, ...rest } = inputs.base;
  const { os, installer, compression } = rest;
  const image = { digest, ...(index && { index }), ...(version && { version }), architecture };
  // The kernels that are kept are the newest.
  return { ...image, os, installer, compression, kernels: [...removed, ...kernels] };
}
