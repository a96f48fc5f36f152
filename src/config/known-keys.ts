import { configJsonSchema } from './json-schema.ts';

interface Schema {
  properties?: Record<string, Schema>;
  items?: Schema;
  anyOf?: Schema[];
}

/** The keys that may stand in the map at a path of `lockstep.yaml`. */
export function knownKeysAt(path: readonly PropertyKey[]): string[] {
  let schemas: Schema[] = [configJsonSchema()];
  for (const key of path) schemas = schemas.flatMap(choicesOf).flatMap((one) => inside(one, key));
  return schemas.flatMap(choicesOf).flatMap(({ properties }) => Object.keys(properties ?? {}));
}

function choicesOf(schema: Schema): Schema[] {
  return schema.anyOf ? schema.anyOf.flatMap(choicesOf) : [schema];
}

function inside(schema: Schema, key: PropertyKey): Schema[] {
  const found = typeof key === 'number' ? schema.items : schema.properties?.[String(key)];
  return found ? [found] : [];
}
