import { snake } from '../problem/path.ts';
import type { Structs } from '../schema/type.ts';

/**
 * The structs of Butane from those of Ignition: the same fields in Butane's names, and those that
 * Butane adds. The version of Ignition is Butane's own to tell.
 */
export function butaneStructs(ignition: Structs, added: Structs): Structs {
  const result: Record<string, Record<string, string>> = {};
  for (const [name, fields] of Object.entries(ignition)) {
    const own = Object.entries(fields).filter(
      ([field]) => name !== 'Ignition' || field !== 'version',
    );
    result[name] = Object.fromEntries(own.map(([field, type]) => [snake(field), type]));
  }
  for (const [name, fields] of Object.entries({ Config: HEAD, ...added }))
    result[name] = { ...result[name], ...fields };
  if (added.Config) result.Config = { ...result.Config, ...HEAD };
  return result;
}

const HEAD = { variant: 'string', version: 'string' };

/** The added structs of a variant without a boot disk of its own. */
export function withoutBoot(added: Structs): Structs {
  const { Config: _, ...rest } = added;
  return rest;
}
