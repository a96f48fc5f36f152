import { loadConfig } from '../../../config/load.ts';
import { streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { isTag } from '../../../oci/reference.ts';
import { stableKmods } from '../../../release/record/stable-image.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import type { ImageOptions } from '../../options/image.ts';

export interface RpmsOptions extends ImageOptions {
  of?: string;
  config: string;
}

/** The image that is meant: what is named, or of the project: `:TAG`, and `:` what stable holds. */
export async function imageNamed(
  named: string,
  { of, config: file }: Pick<RpmsOptions, 'of' | 'config'>,
  context: Context,
): Promise<string> {
  if (!named.startsWith(':')) return named;
  const { streams } = await loadConfig(context.cwd, file);
  const [stream] = streamsNamed(streams, of);
  if (!stream) throw new LockstepError('config', 'the project has no stream');
  const { registry, image, kmods, stable } = stream.publish;
  const tag = named.slice(1);
  if (isTag(tag)) return `${registry}/${kmods}:${tag}`;
  if (tag !== '')
    throw new LockstepError('usage', `${tag} is no tag`, {
      hint: 'tags have up to 128 letters, digits, `_`, `.` and `-`',
    });
  const images = openRegistry(registry, context).repository(image);
  return `${registry}/${kmods}@${await stableKmods(images, stable)}`;
}
