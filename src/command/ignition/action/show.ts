import { showDocument, treeLines } from '../../../ignition/show.ts';
import { hideInFields } from '../../../ignition/values/hide.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type BuiltOptions, documentFrom } from './io.ts';

/** `lockstep ignition show`: what a document does to a machine. */
export async function show(
  context: Context,
  files: readonly string[],
  options: BuiltOptions,
): Promise<void> {
  const { document, findings, secrets } = await documentFrom(context, files, options);
  const tree =
    document && showDocument({ ...document, value: hideInFields(document.value, secrets) });
  if (options.json) printJson(context, { tree, findings });
  else if (tree) context.stdout.write(`${treeLines(tree).join('\n')}\n`);
}
