import { jsonSchema } from './schema/json-schema.ts';
import { specNamed, specVersions } from './spec/versions.ts';
import { butaneNamed, butaneNames } from './variants/versions.ts';

/** The JSON Schema of a version of Butane, or of Ignition; else the names that are known. */
export function schemaOf(
  variant: string,
  version: string,
): { schema: object } | { schema?: undefined; known: readonly string[] } {
  const title = `${variant} ${version}`;
  const known = variant === 'ignition' ? specNamed(version) : butaneNamed(variant, version);
  if (known) return { schema: jsonSchema(known.struct, title) };
  const specs = Object.keys(specVersions).map((one) => `ignition ${one}`);
  return { known: [...butaneNames, ...specs] };
}
