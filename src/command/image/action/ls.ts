import { listImage } from '../../../oci/tree/listing-image.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { contextOf, note, printJson } from '../../options/project.ts';
import { listingRow, transferLine } from '../../render/listing.ts';

interface LsOptions extends ImageOptions {
  layer?: number;
  bytes?: true;
}

export async function ls(image: string, glob: string, options: LsOptions): Promise<void> {
  const context = contextOf(options);
  const { reader, version } = openImageOf(image, context, options);
  const layer = options.layer === undefined ? {} : { layer: options.layer };
  const contents = options.stream ? 'tar' : 'index';
  const how = { ...treeOptionsOf(options), ...layer, contents } as const;
  const listing = await listImage(reader, version, { ...how, pattern: glob });
  const { entries, looks: layers, transfer } = listing;
  const { digest } = listing.image.document.descriptor;
  if (options.json) printJson(context, { image, digest, layers, entries, transfer });
  else for (const entry of entries) context.stdout.write(`${listingRow(entry)}\n`);
  if (options.bytes) note(context, transferLine(listing));
  if (entries.length === 0) process.exitCode = 1;
}
