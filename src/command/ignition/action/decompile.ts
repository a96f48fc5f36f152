import { decompile as write } from '../../../ignition/decompile.ts';
import { readDocument } from '../../../ignition/document.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type PutOptions, put, readInput, told } from './io.ts';

/** `lockstep ignition decompile`: readable Butane for an Ignition document. */
export async function decompile(
  context: Context,
  file: string,
  options: PutOptions,
): Promise<void> {
  const { json } = options;
  const source = await readInput(context, file);
  const { document, findings } = told(context, readDocument(source), { sources: [source], json });
  const butane = document && (await write(document));
  if (document && butane == null)
    throw new LockstepError('unsupported', `Butane has no words for something in ${file}`);
  if (butane != null) await put(context, butane, options);
  if (json) printJson(context, { butane, findings });
}
