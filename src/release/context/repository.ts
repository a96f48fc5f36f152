import { openRepository } from '../../oci/open/open.ts';
import { absoluteReference, formatReference, parseReference } from '../../oci/reference.ts';
import type { Repository } from '../../oci/repository.ts';
import type { RunContext } from './run-context.ts';

/** The repository of a reference as the configuration writes it. */
export function repositoryOf(context: RunContext, reference: string): Repository {
  const { env, project, signal, shared } = context;
  const parsed = absoluteReference(parseReference(reference), project);
  const open = () => openRepository(parsed, { env, cwd: project, signal });
  return shared ? shared.repository(formatReference(parsed), open) : open();
}
