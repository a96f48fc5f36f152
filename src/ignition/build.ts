import { nothing, type SourceText, type Tree } from '../file/yaml/tree.ts';
import type { LocalFiles } from './butane/local-files.ts';
import type { ButaneVersion } from './butane/version.ts';
import { type IgnitionFinding, locate } from './finding.ts';
import type { Path } from './problem/path.ts';
import { error, isFatal, type Problem } from './problem/problem.ts';
import { type DecodeProblem, decodeYaml } from './schema/decode.ts';
import { encodeJson } from './schema/encode.ts';
import { refused } from './schema/filters.ts';
import { merge } from './schema/merge.ts';
import { Origins } from './schema/origin.ts';
import { applyRules } from './schema/rules.ts';
import type { Fields } from './schema/type.ts';
import { unusedKeys } from './schema/unused.ts';
import { judge } from './spec/judge.ts';
import type { SpecVersion } from './spec/version.ts';
import { newerOf } from './spec/versions.ts';
import { parseYaml } from './text/yaml.ts';
import { type ExpandContext, expandTree } from './values/expand.ts';
import { hideIn } from './values/hide.ts';
import { readHead } from './variants/head.ts';

export interface BuildOptions {
  /** The folder that local files are taken from; none by default. */
  files?: LocalFiles | undefined;
  /** What tags may ask for; without it a tag of ours is as wrong as any other. */
  expand?: ExpandContext | undefined;
}

/** What became of Butane texts. */
export interface Built {
  findings: IgnitionFinding[];
  /** Undefined when a finding is an error. */
  document?: IgnitionDocument;
  /** Values that must be shown to nobody. */
  secrets: ReadonlySet<string>;
}

/** An Ignition document, and the version that it is of. */
export interface IgnitionDocument {
  value: Fields;
  version: SpecVersion;
}

type AnyProblem = Problem | DecodeProblem;

/**
 * Translates Butane texts to one Ignition document: each later one is merged over those before it.
 * What is wrong is found at its own file, never thrown.
 */
export async function buildButane(
  sources: readonly SourceText[],
  options: BuildOptions = {},
): Promise<Built> {
  const problems: AnyProblem[] = [];
  const secrets = new Set<string>();
  const trees: Tree[] = [];
  for (const source of sources) trees.push(await readTree(source, { options, problems, secrets }));
  const parts: Part[] = [];
  const origins = new Origins();
  for (const [index, tree] of trees.entries()) {
    if (isFatal(problems)) break;
    const part = translatePart(tree, { options, origins: origins.at([index]) });
    problems.push(...part.problems.map((problem) => below(problem, [index])));
    if (part.value) parts.push({ value: part.value, version: part.version });
  }
  const document = isFatal(problems) ? undefined : joinParts(parts, { origins, problems });
  const findings = locate(problems, trees).map((finding) => redacted(finding, secrets));
  return document && !isFatal(problems) ? { findings, document, secrets } : { findings, secrets };
}

/** The text of a document; one newline is not part of it. */
export function documentText({ value, version }: IgnitionDocument, pretty = false): string {
  return encodeJson(value, version.struct, pretty);
}

function below<T extends AnyProblem>(problem: T, base: Path): T {
  return { ...problem, path: [...base, ...problem.path] };
}

function redacted(finding: IgnitionFinding, secrets: ReadonlySet<string>): IgnitionFinding {
  return { ...finding, message: hideIn(finding.message, secrets) };
}

async function readTree(
  source: SourceText,
  all: { options: BuildOptions; problems: AnyProblem[]; secrets: Set<string> },
): Promise<Tree> {
  const parsed = await parseYaml(source);
  if (parsed.fault) {
    const tree = nothing(source, parsed.fault.offset);
    all.problems.push({ ...error([0], parsed.fault.message), tree });
    return tree;
  }
  const tree = parsed.tree ?? nothing(source, 0);
  if (!all.options.expand) return tree;
  const expanded = await expandTree(tree, all.options.expand);
  all.problems.push(...expanded.problems.map((problem) => below(problem, [0])));
  for (const secret of expanded.secrets) all.secrets.add(secret);
  return expanded.tree;
}

interface Part {
  value: Fields;
  version: SpecVersion;
}

type Translated =
  | { problems: AnyProblem[]; value?: undefined }
  | (Part & { problems: AnyProblem[] });

function translatePart(
  tree: Tree,
  { options, origins }: { options: BuildOptions; origins: Origins },
): Translated {
  const butane = readHead(tree);
  if ('problems' in butane) return butane;
  const decoded = decodeYaml(tree, butane.struct);
  if (decoded.problems.length > 0) return { problems: decoded.problems };
  const problems: Problem[] = [
    ...unusedKeys(tree, butane.struct),
    ...applyRules(decoded.value, butane.struct, butane.rules),
  ];
  if (isFatal(problems)) return { problems };
  return translateValue(decoded.value, { butane, problems, origins, files: options.files });
}

function translateValue(
  from: Fields,
  parts: {
    butane: ButaneVersion;
    problems: Problem[];
    origins: Origins;
    files: LocalFiles | undefined;
  },
): Translated {
  const { butane, problems, origins, files } = parts;
  const { struct } = butane.ignition;
  const value = butane.translate(from, { struct, origins, files, problems });
  value.ignition = { ...(value.ignition as Fields), version: butane.ignition.version };
  if (!isFatal(problems))
    for (const problem of refused(value, struct, butane.filters))
      problems.push({ ...problem, path: origins.of(value, problem.path).slice(1) });
  return isFatal(problems) ? { problems } : { problems, value, version: butane.ignition };
}

function joinParts(
  parts: readonly Part[],
  { origins, problems }: { origins: Origins; problems: AnyProblem[] },
): IgnitionDocument | undefined {
  const [first, ...rest] = parts;
  if (!first) return undefined;
  let joined = first;
  for (const [index, next] of rest.entries()) {
    const version = newerOf(joined.version, next.version);
    const value = merge(joined.value, next.value, {
      struct: version.struct,
      origins: origins.at([index + 1]),
      parentBase: [0],
    });
    value.ignition = { ...(value.ignition as Fields), version: version.version };
    joined = { value, version };
  }
  const root = origins.at([0]);
  for (const problem of judge(joined.value, joined.version))
    problems.push({ ...problem, path: root.of(joined.value, problem.path) });
  return joined;
}
