import { keyText, type ScalarTree, type Tree, target } from '../../file/yaml/tree.ts';
import { type Path, pathText } from '../problem/path.ts';
import { type Problem, warning } from '../problem/problem.ts';
import { meaningOf } from '../text/scalar.ts';
import { isMerge } from './decode.ts';
import type { Struct, Type } from './type.ts';

/** Warns of keys that a document has and its schema does not know. */
export function unusedKeys(tree: Tree, struct: Struct): Problem[] {
  const problems: Problem[] = [];
  look({ tree, type: struct, path: [] }, problems);
  return problems;
}

interface Part {
  tree: Tree;
  type: Type;
  path: Path;
}

function look({ tree, type, path }: Part, problems: Problem[]): void {
  const found = target(tree);
  if (type.kind === 'list' && found.kind === 'list') {
    for (const [index, item] of found.items.entries())
      look({ tree: item, type: type.item, path: [...path, index] }, problems);
  }
  if (type.kind !== 'struct') return;
  if (found.kind === 'map') lookAtKeys({ tree: found, type, path }, problems);
  else if (found.kind === 'scalar' && isNull(found) && found.end > found.start)
    problems.push(warning(path, `${pathText(path)} holds nothing: write {} or leave it out`));
}

function lookAtKeys(
  { tree, type, path }: { tree: Tree & { kind: 'map' }; type: Struct; path: Path },
  problems: Problem[],
): void {
  for (const entry of tree.entries) {
    const name = keyText(entry);
    if (name == null || isMerge(entry)) continue;
    const at = [...path, name];
    const field = type.fields.get(name);
    if (field?.nullable && isNothing(entry.value)) continue;
    if (field) look({ tree: entry.value, type: field.type, path: at }, problems);
    else problems.push({ ...warning(at, `the key ${name} is not known here`), atKey: true });
  }
}

/** In YAML by what it looks like, in JSON by its kind. */
function isNull(scalar: ScalarTree): boolean {
  return scalar.tag === 'null' || meaningOf(scalar).kind === 'null';
}

function isNothing(tree: Tree): boolean {
  const found = target(tree);
  return found.kind === 'scalar' && isNull(found);
}
