import { showDocument, treeLines } from '../../../ignition/show.ts';
import type { Context } from '../../context/context.ts';
import { printJson } from '../../context/print-json.ts';
import { type DocumentOptions, documentFrom } from './io.ts';

/** `lockstep ignition show`: what a document does to a machine. */
export async function show(
  context: Context,
  file: string,
  options: DocumentOptions,
): Promise<void> {
  const { document, findings } = await documentFrom(context, file, options);
  const tree = document && showDocument(document);
  if (options.json) printJson(context, { tree, findings });
  else if (tree) context.stdout.write(`${treeLines(tree).join('\n')}\n`);
}
