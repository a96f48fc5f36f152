import { entryOf, nothing, type SourceText, type Tree } from '../file/yaml/tree.ts';
import type { IgnitionDocument } from './build.ts';
import { type IgnitionFinding, locate } from './finding.ts';
import { error, isFatal, type Problem } from './problem/problem.ts';
import type { DecodeProblem } from './schema/decode.ts';
import { decodeJson } from './schema/decode-json.ts';
import { compile } from './schema/type.ts';
import { judgeText } from './spec/judge.ts';
import { specNamed, specVersions } from './spec/versions.ts';
import { parseJson } from './text/json.ts';

/** What a text of Ignition says. */
export interface ReadDocument {
  findings: IgnitionFinding[];
  /** Undefined when a finding is an error. */
  document?: IgnitionDocument;
}

/** Reads and judges an Ignition document as Ignition does before it uses one. */
export function readDocument(source: SourceText): ReadDocument {
  const parsed = parseJson(source);
  if (parsed.fault) {
    const empty = source.text.trim() === '';
    const message = empty ? 'the document is empty' : parsed.fault.message;
    return {
      findings: locate([error([0], message)], [nothing(source, empty ? 0 : parsed.fault.offset)]),
    };
  }
  const { problems, document } = judged(parsed.tree);
  const findings = locate(
    problems.map((problem) => ({ ...problem, path: [0, ...problem.path] })),
    [parsed.tree],
  );
  return document && !isFatal(problems) ? { findings, document } : { findings };
}

function judged(tree: Tree): {
  problems: (Problem | DecodeProblem)[];
  document?: IgnitionDocument;
} {
  const said = saidVersion(tree);
  const version = specNamed(said ?? '');
  if (!version) {
    const known = Object.keys(specVersions).join(', ');
    const message = said == null ? 'ignition.version is missing' : `${said} is not known`;
    return { problems: [error(['ignition', 'version'], `${message}; known are ${known}`)] };
  }
  const { value, problems } = judgeText(tree, version);
  return { problems, document: { value, version } };
}

const HEAD = compile({ Config: { ignition: 'Ignition' }, Ignition: { version: 'string' } });

function saidVersion(tree: Tree): string | undefined {
  if (entryOf(tree, 'ignition')?.value.kind !== 'map') return undefined;
  const { value } = decodeJson(tree, HEAD);
  const { version } = (value.ignition ?? {}) as { version?: string };
  return version;
}
