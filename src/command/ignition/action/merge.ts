import { documentText, type IgnitionDocument } from '../../../ignition/build.ts';
import type { IgnitionFinding } from '../../../ignition/finding.ts';
import { joinDocuments } from '../../../ignition/join.ts';
import { parseExact } from '../../../ignition/schema/encode.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type BuiltOptions, documentFrom, type PutOptions, put, told } from './io.ts';

/** `lockstep ignition merge`: each document over those before it. */
export async function merge(
  context: Context,
  files: readonly string[],
  options: PutOptions & BuiltOptions & { pretty?: true | undefined },
): Promise<void> {
  const findings: IgnitionFinding[] = [];
  const documents: IgnitionDocument[] = [];
  let secret = false;
  for (const file of files) {
    const read = await documentFrom(context, [file], options);
    findings.push(...read.findings);
    secret ||= read.secrets.size > 0;
    if (read.document) documents.push(read.document);
  }
  const joined =
    documents.length === files.length ? joinDocuments(documents, files.join(' + ')) : undefined;
  if (joined) told(context, joined, { sources: [], json: options.json });
  findings.push(...(joined?.findings ?? []));
  const text = joined?.document && documentText(joined.document, options.pretty);
  if (text != null) await put(context, `${text}\n`, { ...options, secret });
  if (options.json)
    printJson(context, {
      document: text == null || secret ? undefined : parseExact(text),
      findings,
    });
}
