import type { Tree } from '../../file/yaml/tree.ts';
import { error, type Problem } from '../problem/problem.ts';
import type { DecodeProblem } from '../schema/decode.ts';
import { decodeJson } from '../schema/decode-json.ts';
import { duplicates } from '../schema/duplicates.ts';
import { applyRules } from '../schema/rules.ts';
import type { Fields } from '../schema/type.ts';
import { unusedKeys } from '../schema/unused.ts';
import type { SpecVersion } from './version.ts';

/** What is wrong with a document of one version, apart from how it was written. */
export function judge(value: Fields, version: SpecVersion): Problem[] {
  const { struct, rules } = version;
  return [...duplicates(value, struct), ...applyRules(value, struct, rules)];
}

/** Takes a document out of its text and judges it, unknown keys too. */
export function judgeText(
  tree: Tree,
  version: SpecVersion,
): { value: Fields; problems: (Problem | DecodeProblem)[] } {
  if (tree.kind !== 'map') return { value: {}, problems: [error([], 'a document is an object')] };
  const { value, problem } = decodeJson(tree, version.struct);
  if (problem) return { value, problems: [problem] };
  return { value, problems: [...judge(value, version), ...unusedKeys(tree, version.struct)] };
}
