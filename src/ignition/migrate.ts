import { entryOf, type SourceText, type Tree, target } from '../file/yaml/tree.ts';
import { type BuildOptions, buildButane } from './build.ts';
import { type Change, diffDocuments, hideInChange } from './diff.ts';
import { readDocument } from './document.ts';
import { findingOf, type IgnitionFinding } from './finding.ts';
import { isIgnition } from './read-any.ts';
import { newestSpec } from './spec/versions.ts';
import { parseJson } from './text/json.ts';
import { parseYaml } from './text/yaml.ts';
import { readHead } from './variants/head.ts';
import { newestOf } from './variants/versions.ts';

/** A text in the newest stable version of its kind. */
export interface Migrated {
  text: string;
  from: string;
  to: string;
  /** What the new version finds. */
  findings: IgnitionFinding[];
  /** What a machine would get differently: newer versions mean some words otherwise. */
  changes: Change[];
}

export type Migration = Migrated | { findings: IgnitionFinding[]; text?: undefined };

interface Edit {
  start: number;
  end: number;
  text: string;
}

/** Moves a document to the newest version. Only what must change is changed, comments stay. */
export async function migrate(source: SourceText, options: BuildOptions = {}): Promise<Migration> {
  return isIgnition(source) ? migrateIgnition(source) : migrateButane(source, options);
}

function migrateIgnition(source: SourceText): Migration {
  const before = readDocument(source);
  const parsed = parseJson(source);
  if (!before.document || parsed.fault) return { findings: before.findings };
  const said = entryOf(entryOf(parsed.tree, 'ignition')?.value ?? parsed.tree, 'version')?.value;
  if (!said) return { findings: before.findings };
  const to = newestSpec.version;
  const text = edited(source.text, [
    { start: said.start, end: said.end, text: JSON.stringify(to) },
  ]);
  const after = readDocument({ ...source, text });
  if (!after.document) return { findings: after.findings };
  const { version } = before.document.version;
  const changes = diffDocuments(before.document, after.document);
  return { text, from: version, to, findings: after.findings, changes };
}

async function migrateButane(source: SourceText, options: BuildOptions): Promise<Migration> {
  const before = await buildButane([source], options);
  const parsed = await parseYaml(source);
  if (!before.document || parsed.fault || !parsed.tree) return { findings: before.findings };
  const head = readHead(parsed.tree);
  if ('problems' in head)
    return {
      findings: [
        ...before.findings,
        findingOf('error', 'variant and version must stand in the text itself', source.file),
      ],
    };
  // What is not final yet is newer than all that is.
  const to = (head.version.includes('-') ? undefined : newestOf(head.variant)) ?? head.version;
  const text = edited(source.text, edits(parsed.tree, to));
  const after = await buildButane([{ ...source, text }], options);
  if (!after.document)
    return {
      findings: [
        ...after.findings,
        findingOf('error', `what ${head.version} allowed, ${to} refuses`, source.file),
      ],
    };
  const secrets = before.secrets.union(after.secrets);
  const changes = diffDocuments(before.document, after.document).map((change) =>
    hideInChange(change, secrets),
  );
  return { text, from: head.version, to, findings: after.findings, changes };
}

function edits(tree: Tree, to: string): Edit[] {
  const version = entryOf(tree, 'version')?.value;
  const made: Edit[] = version ? [{ start: version.start, end: version.end, text: to }] : [];
  const device = entryOf(tree, 'boot_device')?.value;
  const boot = device ? target(device) : undefined;
  // A mirror without a layout meant x86_64; from 1.7 on that must be said.
  if (boot?.kind === 'map' && entryOf(boot, 'mirror') && !entryOf(boot, 'layout')) {
    const { text } = boot.source;
    const flow = text[boot.start] === '{';
    const line = text.lastIndexOf('\n', boot.start - 1) + 1;
    const indent = text.slice(line, boot.start);
    const at = flow ? boot.start + 1 : boot.start;
    made.push({
      start: at,
      end: at,
      text: flow ? 'layout: x86_64, ' : `layout: x86_64\n${indent}`,
    });
  }
  return made;
}

function edited(text: string, changes: readonly Edit[]): string {
  let result = text;
  for (const { start, end, text: fresh } of changes.toSorted((a, b) => b.start - a.start))
    result = result.slice(0, start) + fresh + result.slice(end);
  return result;
}
