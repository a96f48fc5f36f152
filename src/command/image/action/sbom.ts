import { imageSbom } from '../../../trust/sbom/image-sbom.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf, platformOf } from '../../options/open-image.ts';
import { contextOf, note, printJson } from '../../options/project.ts';

interface SbomOptions extends ImageOptions {
  bytes?: true;
}

export async function sbom(image: string, options: SbomOptions): Promise<void> {
  const context = contextOf(options);
  const { reader, version } = openImageOf(image, context, options);
  const { transfer, ...found } = await imageSbom(reader, version, {
    platform: platformOf(options),
    contents: options.stream ? 'tar' : 'toc',
  });
  if (options.json) printJson(context, { reference: image, ...found });
  else context.stdout.write(`${JSON.stringify(found.document, null, 2)}\n`);
  if (options.bytes) note(context, `${transfer.bytes} bytes in ${transfer.requests} requests`);
}
