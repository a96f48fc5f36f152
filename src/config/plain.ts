import { plainValue } from '../file/yaml/plain-value.ts';
import { plainYaml } from '../file/yaml/plain-yaml.ts';
import { entryOf, nearest, type Tree } from '../file/yaml/tree.ts';
import type { RightConfig } from './parse.ts';
import { type PlaceOf, placeIn, streamPath } from './place.ts';
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
    const { source, start } = nearest(tree, streamPath(stream, key, many));
    return placeIn(source.text, start);
  };
}
