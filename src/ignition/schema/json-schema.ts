import { describe } from './descriptions.ts';
import type { Field, Struct, Type } from './type.ts';

const NAMES = { int: 'integer', bool: 'boolean', string: 'string' } as const;

/** A JSON Schema (2020-12) of a version's documents, for editors. */
export function jsonSchema(struct: Struct, title: string): object {
  const definitions: Record<string, object> = {};
  const ofType = (type: Type): object => {
    if (type.kind === 'list') return { type: 'array', items: ofType(type.item) };
    if (type.kind !== 'struct') return { type: NAMES[type.kind] };
    definitions[type.name] ??= ofStruct(type);
    return { $ref: `#/$defs/${type.name}` };
  };
  const ofStruct = ({ name, fields }: Struct): object => {
    // Before its fields, so that a struct that holds itself comes to an end.
    definitions[name] = {};
    const property = ([field, { type }]: [string, Field]) => {
      const description = describe(name, field);
      return [field, { ...ofType(type), ...(description && { description }) }] as const;
    };
    const properties = Object.fromEntries([...fields].map(property));
    const made = { type: 'object', additionalProperties: false, properties };
    definitions[name] = made;
    return made;
  };
  const root = ofStruct(struct);
  const { [struct.name]: _, ...rest } = definitions;
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title,
    ...root,
    $defs: rest,
  };
}
