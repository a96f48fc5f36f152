/** A module and the names of those that it needs. */
export interface Needs {
  uses: readonly string[];
}

/** The way from a module back to itself over what each needs; undefined when there is none. */
export function cycleOf(name: string, modules: ReadonlyMap<string, Needs>): string[] | undefined {
  const seen = new Set<string>();
  const way: string[] = [name];
  const stack = [[...(modules.get(name)?.uses ?? [])]];
  while (stack.length > 0) {
    const next = stack.at(-1)?.pop();
    if (next == null) {
      stack.pop();
      way.pop();
    } else if (next === name) {
      return [...way, name];
    } else if (!seen.has(next)) {
      seen.add(next);
      way.push(next);
      stack.push([...(modules.get(next)?.uses ?? [])]);
    }
  }
  return undefined;
}
