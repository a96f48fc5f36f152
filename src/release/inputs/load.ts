import type { Stream } from '../../config/schema.ts';
import { kernelName } from '../../kernel/module/name.ts';
import type { ModuleSets } from '../../kmods/image/module-sets.ts';
import { LockstepError } from '../../system/error.ts';

type Source = Stream['modules'][number];
type Sources = readonly Pick<Source, 'name' | 'load'>[];

/** What was built, by the kernel that it is for. */
export type BuiltSets = ReadonlyMap<string, ModuleSets>;

/** Every module that was built for a kernel. */
export function modulesOf(built: BuiltSets, kernel: string): string[] {
  return Object.values(built.get(kernel) ?? {}).flat();
}

/** The modules that a configuration asks to be loaded at boot, whatever is built, as the kernel names them. */
export function askedToLoad(sources: Sources): string[] {
  return [...new Set(sources.flatMap(askedOf))];
}

/**
 * The modules that are loaded at boot, by what was built for the kernels of an image: those that
 * `load` lists, each of which must be there, or the one that its source is called after, if there
 * is one. Throws `config` for a listed one that was not built.
 */
export function modulesToLoad(sources: Sources, built: BuiltSets): string[] {
  const names = sources.flatMap((source) => {
    const isBuilt = (name: string) =>
      [...built].every(([kernel, sets]) => {
        const found = (sets[source.name] ?? []).includes(name);
        if (!found && Array.isArray(source.load))
          throw notBuilt(name, { source: source.name, kernel, sets });
        return found;
      });
    return askedOf(source).filter(isBuilt);
  });
  return [...new Set(names)];
}

function askedOf({ name, load }: Sources[number]): string[] {
  if (typeof load === 'boolean') return load ? [kernelName(name)] : [];
  return load.map(kernelName);
}

function notBuilt(
  name: string,
  { source, kernel, sets }: { source: string; kernel: string; sets: ModuleSets },
): LockstepError {
  const built = (sets[source] ?? []).join(', ') || 'nothing';
  const message = `load of ${source} names ${name}, which was not built for Linux ${kernel}`;
  return new LockstepError('config', `${message}; built were: ${built}`, {
    hint: `name some of these under load, or set load to true or false; the build is kept`,
  });
}
