import { placeIn } from '../../config/place.ts';
import { PROGRAM_FILES, WORKFLOW_FILES } from '../project/workflow-files.ts';
import { commitsIn } from './commits.ts';
import type { Pin, Range } from './pin.ts';

/** Files that pins are looked for in, whoever wrote them. */
export const PINNED_FILES = [
  ...WORKFLOW_FILES,
  ...PROGRAM_FILES,
  '.gitlab-ci.yml',
  '.devcontainer/devcontainer.json',
  'lockstep.yaml',
];

/** `uses: NAME@COMMIT # VERSION`, quoted or not. */
const ACTION =
  /\buses:[ \t]*["']?(?<name>[\w./:-]+)@(?<at>[0-9a-f]{40})["']?(?:[ \t]*#[ \t]*(?<version>\S+))?/dg;
/** `HOST/NAME:TAG@DIGEST`; a name without a host is one too. */
const IMAGE =
  /(?<![\w./:-])(?:docker:\/\/)?(?<name>[a-z0-9][\w.-]*(?::\d+(?=\/))?(?:\/[\w.{}-]+)*(?::(?<version>[\w{][\w.{}-]*))?)@(?<at>sha256:[0-9a-f]{64})\b/dg;
const PROGRAM = /"(?<name>lockstep)":[ \t]*"(?<at>\d[^"]*)"/dg;

/** The pins of a file, in the order in which they stand; comments that stand alone hold none. */
export function pinsInFile(file: string, text: string): Pin[] {
  const make = (kind: Pin['kind'], match: RegExpExecArray): Pin => {
    const { at = '', version, name = '' } = match.groups ?? {};
    const range = rangeOf(match, 'at') ?? { from: match.index, to: match.index };
    const versionRange = rangeOf(match, 'version');
    return {
      kind,
      name,
      at,
      ...(version && { version }),
      file,
      ...placeIn(text, range.from),
      range,
      ...(versionRange && { versionRange }),
    };
  };
  const isText = ({ index }: RegExpExecArray) => !/^[ \t]*#/.test(lineAt(text, index));
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].filter(isText);
  const isProject = file.endsWith('lockstep.yaml');
  return [
    ...all(ACTION).map((match) => make('action', match)),
    ...all(IMAGE).map((match) => make('image', match)),
    ...(isProject ? commitsIn(text) : []).map(
      ({ address, commit, range }): Pin => ({
        kind: 'commit',
        name: address,
        at: commit,
        file,
        ...placeIn(text, range.from),
        range,
      }),
    ),
    ...(file.endsWith('package.json') ? all(PROGRAM) : []).map((match) => make('program', match)),
  ].sort((a, b) => a.range.from - b.range.from);
}

function rangeOf(match: RegExpExecArray, group: string): Range | undefined {
  const [from, to] = match.indices?.groups?.[group] ?? [];
  return from == null || to == null ? undefined : { from, to };
}

function lineAt(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset + 1);
}
