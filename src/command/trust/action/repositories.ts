import { parseReference, type Reference } from '../../../oci/reference.ts';
import type { Repository } from '../../../oci/repository.ts';
import type { Context } from '../../context/context.ts';
import { openImageOf } from '../../options/open-image.ts';
import type { TrustOptions } from '../../options/trust.ts';

/** Opens the repository of each image, and each repository once: what it has learnt is kept. */
export function repositories(context: Context, options: TrustOptions) {
  const open = new Map<string, Repository>();
  return (text: string): Repository => {
    const name = placeOf(parseReference(text));
    const known = open.get(name) ?? openImageOf(text, context, options).reader;
    open.set(name, known);
    return known;
  };
}

function placeOf(reference: Reference): string {
  if (reference.kind === 'remote') return `${reference.host}/${reference.repository}`;
  return `${reference.kind}:${reference.path}`;
}
