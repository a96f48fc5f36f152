import { resolve } from 'node:path';
import { extractEntries } from '../../oci/extract.ts';
import { openImageTree } from '../../oci/tree.ts';
import { mayBeSelected, selectEntries } from '../../oci/tree-select.ts';
import type { ImageOptions } from '../image-options.ts';
import { contextOf, note, printJson } from '../options.ts';
import { printable, transferLine } from '../render/listing.ts';
import { openImageOf, treeOptionsOf } from './image.ts';

interface ExtractOptions extends ImageOptions {
  output: string;
  bytes?: true;
}

export async function extract(image: string, glob: string, options: ExtractOptions): Promise<void> {
  const context = contextOf(options);
  const { reader, version } = openImageOf(image, context, options);
  const keep = mayBeSelected(glob);
  const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), keep });
  const entries = await selectEntries(tree, glob);
  const output = resolve(context.cwd, options.output);
  const written = await extractEntries(tree, entries, output);
  const { transfer } = tree;
  const { digest } = tree.image.document.descriptor;
  if (options.json) printJson(context, { image, digest, output, ...written, transfer });
  else
    for (const path of [...written.files, ...written.links])
      context.stdout.write(`${printable(path)}\n`);
  if (options.bytes) note(context, transferLine(tree));
  if (entries.length === 0) process.exitCode = 1;
}
