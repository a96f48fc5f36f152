/** Paths of modules, from the folder of the kernel, each with the paths of those that it needs. */
export type ModulesDep = ReadonlyMap<string, readonly string[]>;

/** Reads `modules.dep` (modules.dep(5)): `path: path …`, one module a line. */
export function readModulesDep(text: string): ModulesDep {
  const modules = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':');
    if (colon <= 0 || line.startsWith('#')) continue;
    modules.set(
      line.slice(0, colon),
      line
        .slice(colon + 1)
        .split(/\s+/)
        .filter(Boolean),
    );
  }
  return modules;
}

/** One line of `modules.alias` or `modules.symbols`: a pattern and the module that it names. */
export interface ModuleAlias {
  pattern: string;
  module: string;
}

/** Reads `modules.alias` or `modules.symbols`: `alias PATTERN MODULE`. */
export function readModulesAlias(text: string): ModuleAlias[] {
  return text.split('\n').flatMap((line) => {
    const [word, pattern, module] = line.split(' ');
    return word === 'alias' && pattern && module ? [{ pattern, module }] : [];
  });
}

/** Reads `modules.builtin` or `modules.order`: one path a line. */
export function readModulePaths(text: string): string[] {
  return text.split('\n').filter(Boolean);
}
