import { changeLines, diffDocuments, hideInChange } from '../../../ignition/diff.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type BuiltOptions, documentFrom } from './io.ts';

/** `lockstep ignition diff`: what a machine would get differently. */
export async function diff(
  context: Context,
  { before, after }: { before: string; after: string },
  options: BuiltOptions,
): Promise<void> {
  const one = await documentFrom(context, [before], options);
  const other = await documentFrom(context, [after], options);
  const secrets = one.secrets.union(other.secrets);
  const changes =
    one.document &&
    other.document &&
    diffDocuments(one.document, other.document).map((change) => hideInChange(change, secrets));
  if (options.json)
    return printJson(context, { changes, findings: [...one.findings, ...other.findings] });
  for (const line of (changes ?? []).flatMap(changeLines)) context.stdout.write(`${line}\n`);
  return undefined;
}
