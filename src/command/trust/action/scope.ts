import { parseReference } from '../../../oci/reference.ts';
import { LockstepError } from '../../../system/error.ts';

/**
 * A scope of a policy as it is given: HOST, HOST/NAME or *.DOMAIN. Throws `usage` for what hosts would
 * load and never apply to an image, so that they accept it unsigned.
 */
export function requireScope(text: string): string {
  if (isScope(text)) return text;
  throw new LockstepError('usage', `--scope ${JSON.stringify(text)}: HOST/NAME is expected`, {
    hint: 'write it as images are pulled, without scheme and tag',
  });
}

function isScope(text: string): boolean {
  const name = text.replace(/^\*\./, '');
  try {
    const reference = parseReference(name.includes('/') ? name : `${name}/any`);
    return reference.kind === 'remote' && reference.tag == null && reference.digest == null;
  } catch {
    return false;
  }
}
