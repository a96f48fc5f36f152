import type { IgnitionDocument } from './build.ts';
import { findingOf, type IgnitionFinding } from './finding.ts';
import { pathText } from './problem/path.ts';
import { merge } from './schema/merge.ts';
import { Origins } from './schema/origin.ts';
import type { Fields } from './schema/type.ts';
import { judge } from './spec/judge.ts';
import { newerOf } from './spec/versions.ts';

/** Merges a document over another as Ignition does at the first boot; the newer version is kept. */
export function mergeDocuments(
  parent: IgnitionDocument,
  child: IgnitionDocument,
): IgnitionDocument {
  const version = newerOf(parent.version, child.version);
  const value = merge(parent.value, child.value, {
    struct: version.struct,
    origins: new Origins(),
  });
  value.ignition = { ...(value.ignition as Fields), version: version.version };
  return { value, version };
}

/**
 * Merges documents, each over those before it, and judges what comes out: two good ones can make a
 * bad one. `name` stands in findings for the file that there is none of.
 */
export function joinDocuments(
  documents: readonly IgnitionDocument[],
  name: string,
): { findings: IgnitionFinding[]; document?: IgnitionDocument } {
  const [first, ...rest] = documents;
  if (!first) return { findings: [] };
  const document = rest.reduce(mergeDocuments, first);
  const findings = judge(document.value, document.version).map(({ severity, path, message }) => ({
    ...findingOf(severity, message, name),
    path: pathText(path),
  }));
  return findings.some(({ severity }) => severity === 'error')
    ? { findings }
    : { findings, document };
}
