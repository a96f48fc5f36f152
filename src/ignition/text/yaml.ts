import { plainYaml } from '../../file/yaml/plain-yaml.ts';
import type { Parsed, SourceText } from '../../file/yaml/tree.ts';

/**
 * Reads the first document of a YAML text. Undefined for an empty one. Scalars stay text: what they
 * mean depends on the field that they stand in.
 */
export async function parseYaml(source: SourceText): Promise<Parsed> {
  const tree = plainYaml(source);
  if (tree) return { tree };
  const { wholeYaml } = await import('./whole-yaml.ts');
  return wholeYaml(source);
}
