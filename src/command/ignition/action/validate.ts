import { readDocument } from '../../../ignition/document.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type DocumentOptions, readInput, told } from './io.ts';

/** `lockstep ignition validate`: judges an Ignition document. */
export async function validate(
  context: Context,
  file: string,
  { json }: DocumentOptions,
): Promise<void> {
  const source = await readInput(context, file);
  const { document, findings } = told(context, readDocument(source), { sources: [source], json });
  if (json)
    printJson(context, { valid: document != null, version: document?.version.version, findings });
}
