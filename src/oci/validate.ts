import { LockstepError } from '../system/error.ts';
import type { Finding } from '../system/finding.ts';
import type { Descriptor } from './descriptor.ts';
import { readGraph } from './graph.ts';
import { subjectOfTag } from './reference.ts';
import { canListManifests, type Repository } from './repository.ts';

export interface ValidateOptions {
  /** Read every blob and compare its digest (default true); else only look whether it is there. */
  content?: boolean;
}

/**
 * The invariants of a repository: every tag and every known manifest has its whole graph, digests
 * and sizes are right, every referrer found names its subject. No findings: all is well.
 */
export async function validateRepository(
  repository: Repository,
  options: ValidateOptions = {},
): Promise<Finding[]> {
  const findings: Finding[] = [];
  const seen = new Set<string>();
  for (const tag of await repository.tags()) {
    const root = await repository.resolve(tag);
    if (!root)
      findings.push(problem('dangling-tag', `${repository.name}:${tag} names nothing`, tag));
    else findings.push(...(await validateRoot(repository, root, tag, { seen, ...options })));
  }
  for (const root of canListManifests(repository) ? await repository.manifests() : []) {
    findings.push(...(await validateRoot(repository, root, root.digest, { seen, ...options })));
  }
  return findings;
}

interface Visit extends ValidateOptions {
  seen: Set<string>;
}

async function validateRoot(
  repository: Repository,
  root: Descriptor,
  name: string,
  visit: Visit,
): Promise<Finding[]> {
  if (visit.seen.has(root.digest)) return [];
  visit.seen.add(root.digest);
  try {
    const graph = await readGraph(repository, root);
    const findings: Finding[] = [];
    for (const blob of graph.blobs) {
      if (visit.seen.has(blob.digest)) continue;
      visit.seen.add(blob.digest);
      findings.push(...(await validateBlob(repository, blob, name, visit)));
    }
    for (const referrer of await repository.referrers(root.digest)) {
      findings.push(...(await validateRoot(repository, referrer, referrer.digest, visit)));
    }
    return findings;
  } catch (error) {
    return [asFinding(error, name)];
  }
}

async function validateBlob(
  repository: Repository,
  blob: Descriptor,
  name: string,
  visit: Visit,
): Promise<Finding[]> {
  try {
    if (visit.content === false) {
      const here = await repository.has(blob);
      return here ? [] : [problem('not-found', `${name}: ${blob.digest} is missing`, name)];
    }
    for await (const _ of repository.read(blob));
    return [];
  } catch (error) {
    return [asFinding(error, name)];
  }
}

function asFinding(error: unknown, name: string): Finding {
  if (!(error instanceof LockstepError)) throw error;
  const speaksOf = subjectOfTag(name);
  const about = speaksOf ? ` (belongs to ${speaksOf})` : '';
  return problem(error.code, `${name}${about}: ${error.message}`, name);
}

function problem(rule: string, message: string, symbol: string): Finding {
  return { rule, severity: 'error', message, where: { symbol } };
}
