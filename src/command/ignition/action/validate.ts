import { readDocument } from '../../../ignition/document.ts';
import { isButane, readAny } from '../../../ignition/read-any.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type BuiltOptions, told } from './io.ts';
import { jobFrom } from './job.ts';

/** `lockstep ignition validate`: judges an Ignition document, or what Butane becomes. */
export async function validate(
  context: Context,
  file: string,
  options: BuiltOptions,
): Promise<void> {
  const job = await jobFrom(context, [file], options);
  const { sources } = job;
  const [source = { file, text: '' }] = sources;
  const read = isButane(source) ? await readAny(sources, job) : readDocument(source);
  const { document, findings } = told(context, read, { sources, json: options.json });
  if (options.json)
    printJson(context, { valid: document != null, version: document?.version.version, findings });
}
