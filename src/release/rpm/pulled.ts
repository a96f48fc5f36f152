import { join } from 'node:path';
import type { LocalImage } from '../../build/run-in-image.ts';
import { copy } from '../../oci/copy.ts';
import { openLayout } from '../../oci/layout.ts';
import { openRepository } from '../../oci/open.ts';
import { absoluteReference, parseReference } from '../../oci/reference.ts';
import type { Repository } from '../../oci/repository.ts';
import type { Digest } from '../../system/digest.ts';
import type { RunContext } from '../context.ts';

/** The repository of a reference as the configuration writes it. */
export function repositoryOf(context: RunContext, reference: string): Repository {
  const { env, project, signal } = context;
  const parsed = absoluteReference(parseReference(reference), project);
  return openRepository(parsed, { env, cwd: project, signal });
}

/**
 * Brings an image here by its digest, once a run. The container tools themselves never ask a registry: what they get is what was pinned.
 */
export async function pulled(
  context: RunContext,
  { reference, digest }: { reference: string; digest: Digest },
): Promise<LocalImage> {
  const name = `pulled-${digest.slice(7, 19)}`;
  const cwd = context.folders.scratch;
  const to = openLayout(join(cwd, name));
  // What is kept beside the OS images may be gone from where it came from.
  const kept = await context.ends.image.resolve(digest);
  const from = kept ? context.ends.image : repositoryOf(context, reference);
  await copy(from, to, digest, { tags: ['pinned'] });
  return { reference: `oci:${name}:pinned`, cwd };
}
