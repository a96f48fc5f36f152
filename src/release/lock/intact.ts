import { packageSet } from '../../stream/debian/apt/package-set.ts';
import { rpmSet } from '../family/rpm/choose.ts';
import type { Inputs } from '../inputs/inputs.ts';
import type { JsonPath } from './placeholder.ts';

/** Sets of packages whose digest is not that of what they list; an edit leaves such. */
export function brokenSets(inputs: Inputs): JsonPath[] {
  return digestsOf(inputs)
    .filter(([, stated, found]) => stated !== found)
    .map(([path]) => [...path, 'packages', 'digest']);
}

function digestsOf(inputs: Inputs): [path: JsonPath, stated: string, found: string][] {
  if (inputs.family === 'debian') {
    return (['base', 'builder', 'image'] as const).map((name) => {
      const { digest, packages } = inputs[name].packages;
      return [[name], digest, packageSet(packages).digest];
    });
  }
  return (['builder', 'image'] as const).flatMap((name) => {
    const set = inputs[name]?.packages;
    return set ? [[[name], set.digest, rpmSet(set.packages).digest]] : [];
  });
}
