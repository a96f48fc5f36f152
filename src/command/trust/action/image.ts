import { isTag, parseReference } from '../../../oci/reference.ts';
import type { Repository } from '../../../oci/repository.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { openImageOf } from '../../options/open-image.ts';
import type { TrustOptions } from '../../options/trust.ts';

/** The repository of the image that was named, and what to ask it for. */
export function openSigned(
  text: string,
  context: Context,
  options: TrustOptions,
): { repository: Repository; version: string } {
  const { reader, version } = openImageOf(text, context, options);
  return { repository: reader, version };
}

/** What names an image for those who pull it. */
export interface Names {
  as?: string[];
  forTag?: string[];
}

/**
 * Names that signatures are for: that of the repository and those given, each also with the tags
 * given. Throws `usage` for a folder without a name to pull by, and for what is no tag.
 */
export function identitiesOf(text: string, { as = [], forTag = [] }: Names): string[] {
  const reference = parseReference(text);
  const own = reference.kind === 'remote' ? [`${reference.host}/${reference.repository}`] : [];
  const names = [...new Set([...own, ...as.map(requireName)])];
  if (names.length === 0) {
    throw new LockstepError('usage', 'a signature says under which name an image is pulled', {
      hint: 'name it: --as HOST/NAME',
    });
  }
  const wrong = forTag.find((tag) => !isTag(tag));
  if (wrong != null)
    throw new LockstepError('usage', `--for-tag ${wrong}: this is no tag`, {
      hint: 'a tag has up to 128 letters, digits, _, . and -',
    });
  return names.flatMap((name) => [name, ...forTag.map((tag) => `${name}:${tag}`)]);
}

function requireName(text: string): string {
  const reference = parseReference(text);
  if (reference.kind === 'remote' && reference.tag == null && reference.digest == null) {
    return `${reference.host}/${reference.repository}`;
  }
  throw new LockstepError('usage', `--as ${text}: HOST/NAME is expected`, {
    hint: 'tags are named by --for-tag',
  });
}
