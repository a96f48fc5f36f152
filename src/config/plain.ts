import { plainValue } from '../file/yaml/plain-value.ts';
import { plainYaml } from '../file/yaml/plain-yaml.ts';
import { entryOf, type ListTree, type Tree } from '../file/yaml/tree.ts';
import type { RightConfig } from './parse.ts';
import { type Place, type PlaceOf, streamPath } from './place.ts';
import { validate } from './validate.ts';

/**
 * Reads the text of a `lockstep.yaml` that is written plainly and in which nothing is wrong.
 * Undefined for every other one: `parseConfig` tells what is wrong, and takes far longer.
 */
export function plainConfig(text: string): RightConfig | undefined {
  const tree = plainYaml({ file: '', text });
  const said = tree && plainValue(tree);
  const config = said && validate(said.value).config;
  return tree && config && { config, placeOf: placesOf(tree) };
}

function placesOf(tree: Tree): PlaceOf {
  const many = entryOf(tree, 'streams') != null;
  return (stream, key) => {
    const { source, start } = partAt(tree, streamPath(stream, key, many));
    return placeIn(source.text, start);
  };
}

/** The part at a path, or the nearest around it that is there. */
function partAt(tree: Tree, path: readonly string[]): Tree {
  let found = tree;
  for (const key of path) {
    const next = found.kind === 'list' ? itemOf(found, key) : entryOf(found, key)?.value;
    if (!next) break;
    found = next;
  }
  return found;
}

/** Items of lists are named by their index, or by the name that they have. */
function itemOf({ items }: ListTree, key: string): Tree | undefined {
  if (/^\d+$/.test(key)) return items[Number(key)];
  return items.find((item) => {
    const name = entryOf(item, 'name')?.value;
    return name?.kind === 'scalar' && name.text === key;
  });
}

function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
