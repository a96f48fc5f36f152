import { resolve } from 'node:path';
import { extractEntries } from '../../../oci/tree/extract.ts';
import { mayBeSelected, selectEntries } from '../../../oci/tree/select.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, note, printJson } from '../../options/project.ts';
import { printable, transferLine } from '../../render/listing.ts';

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
