import { type FileTree, readIfThere } from '../../file/tree.ts';
import { type ModulesDep, readModulesDep } from '../../kernel/index/module-lists.ts';
import { kernelName, moduleName } from '../../kernel/module/name.ts';

const PLACES = ['usr/lib/modules', 'lib/modules'];

/** Modules in an order in which each comes after those that it needs, by the image's modules.dep. */
export async function inLoadOrder(
  tree: FileTree,
  kernel: string,
  modules: readonly string[],
): Promise<string[]> {
  for (const place of PLACES) {
    const content = await readIfThere(tree, `${place}/${kernel}/modules.dep`);
    if (content) return sortedByNeeds(modules, readModulesDep(Buffer.from(content).toString()));
  }
  return [...modules];
}

/** Otherwise they keep their order; what need each other stay as they come. */
export function sortedByNeeds(modules: readonly string[], dep: ModulesDep): string[] {
  const needs = new Map([...dep].map(([path, paths]) => [moduleName(path), paths.map(moduleName)]));
  const wanted = new Map(modules.map((name) => [kernelName(name), name]));
  const sorted = new Set<string>();
  const seen = new Set<string>();
  const take = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const need of needs.get(name) ?? []) take(need);
    const asked = wanted.get(name);
    if (asked !== undefined) sorted.add(asked);
  };
  for (const name of wanted.keys()) take(name);
  return [...sorted];
}
