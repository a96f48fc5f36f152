import { isDigest } from '../../system/digest.ts';
import type { RunContext } from '../context/run-context.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { newestRecord } from '../record/find-records.ts';
import { findStored, tryInputsAt } from './inputs.ts';

/**
 * The inputs of the newest run that had any: what has not moved since need not be looked into
 * again, whichever machine it was that did so. Undefined where nothing is known.
 */
export async function lastInputs({
  ends: { image },
  stream,
}: Pick<RunContext, 'ends' | 'stream'>): Promise<Inputs | undefined> {
  const record = await newestRecord(image, stream.name, ({ inputs }) => inputs != null);
  if (!record?.inputs || !isDigest(record.inputs)) return undefined;
  const stored = await findStored(image, record.inputs);
  return stored && tryInputsAt(image, stored);
}
