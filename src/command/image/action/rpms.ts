import { resolve } from 'node:path';
import { isRpm, listRpms } from '../../../kmods/rpm/list.ts';
import { extractEntries } from '../../../oci/tree/extract.ts';
import { mayBeSelected, selectEntries } from '../../../oci/tree/select.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { printable } from '../../render/listing.ts';
import { rpmsDocument, rpmsTable } from '../../render/rpms.ts';
import { imageNamed, type RpmsOptions } from './kmods-of.ts';

export async function list(named: string, options: RpmsOptions): Promise<void> {
  const context = contextOf(options);
  const image = await imageNamed(named, options, context);
  const { reader, version } = openImageOf(image, context, options);
  const listing = await listRpms(reader, version, treeOptionsOf(options));
  if (options.json) printJson(context, { image, ...rpmsDocument(listing) });
  else context.stdout.write(rpmsTable(listing, context.style));
  if (listing.packages.length === 0) process.exitCode = 1;
}

interface ExtractOptions extends RpmsOptions {
  output: string;
}

export async function extract(named: string, glob: string, options: ExtractOptions): Promise<void> {
  const context = contextOf(options);
  const image = await imageNamed(named, options, context);
  const { reader, version } = openImageOf(image, context, options);
  const keep = mayBeSelected(glob);
  const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), keep });
  const entries = (await selectEntries(tree, glob)).filter(({ path }) => isRpm(path));
  const output = resolve(context.cwd, options.output);
  const { files } = await extractEntries(tree, entries, output);
  const { digest } = tree.image.document.descriptor;
  if (options.json) printJson(context, { image, digest, output, files, transfer: tree.transfer });
  else for (const path of files) context.stdout.write(`${printable(path)}\n`);
  if (files.length === 0) process.exitCode = 1;
}
