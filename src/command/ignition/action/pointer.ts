import { readDocument } from '../../../ignition/document.ts';
import { hashOf, pointerDocument } from '../../../ignition/pointer.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type PutOptions, put, readInput, told } from './io.ts';

/** A scheme that is fetched, and something behind it; the rest is for Ignition's own rules. */
const REMOTE = /^(?:(?:https?|tftp|s3|gs):\/\/[^/]|arn:)/i;

/** `lockstep ignition pointer`: a small document that names a large one. */
export async function pointer(
  context: Context,
  { url, file }: { url: string; file: string },
  options: PutOptions,
): Promise<void> {
  const { json } = options;
  const source = await readInput(context, file);
  const { document, findings } = told(context, readDocument(source), { sources: [source], json });
  if (!document) return json && printJson(context, { url, findings });
  const hash = hashOf(source.text);
  const text = pointerDocument(url, { hash, version: document.version.version });
  if (!REMOTE.test(url) || !readDocument({ file: url, text }).document)
    throw new LockstepError('usage', `${url} is no URL that Ignition fetches`);
  await put(context, `${text}\n`, options);
  if (json)
    printJson(context, {
      url,
      hash,
      document: JSON.parse(text) as Record<string, unknown>,
      findings,
    });
  return undefined;
}
