import type { BaseFacts } from '../../stream/image/base.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import type { RunContext } from '../context.ts';
import type { Inputs } from '../inputs.ts';
import { findStored, tryInputsAt } from '../inputs-store.ts';
import { newestRecord } from '../record.ts';

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

async function lastInputs({
  ends: { image },
  stream,
}: Pick<RunContext, 'ends' | 'stream'>): Promise<Inputs | undefined> {
  const record = await newestRecord(
    image,
    ({ stream: name, inputs }) => name === stream.name && inputs != null,
  );
  if (!record?.inputs || !isDigest(record.inputs)) return undefined;
  const stored = await findStored(image, record.inputs);
  return stored && tryInputsAt(image, stored);
}
