import { structs as structs0 } from './v3_0/schema.ts';
import { rules as rules0 } from './v3_0/validate.ts';
import { structs as structs1 } from './v3_1/schema.ts';
import { rules as rules1 } from './v3_1/validate.ts';
import { structs as structs2 } from './v3_2/schema.ts';
import { rules as rules2 } from './v3_2/validate.ts';
import { structs as structs3 } from './v3_3/schema.ts';
import { rules as rules3 } from './v3_3/validate.ts';
import { structs as structs4 } from './v3_4/schema.ts';
import { rules as rules4 } from './v3_4/validate.ts';
import { structs as structs5 } from './v3_5/schema.ts';
import { rules as rules5 } from './v3_5/validate.ts';
import { structs as structs6 } from './v3_6/schema.ts';
import { rules as rules6 } from './v3_6/validate.ts';
import { structs as structs7 } from './v3_7_experimental/schema.ts';
import { rules as rules7 } from './v3_7_experimental/validate.ts';
import { type SpecVersion, specVersion } from './version.ts';

/** Every version of Ignition's documents that is known, oldest first. */
export const specVersions = {
  '3.0.0': specVersion('3.0.0', { structs: structs0, rules: rules0 }),
  '3.1.0': specVersion('3.1.0', { structs: structs1, rules: rules1 }),
  '3.2.0': specVersion('3.2.0', { structs: structs2, rules: rules2 }),
  '3.3.0': specVersion('3.3.0', { structs: structs3, rules: rules3 }),
  '3.4.0': specVersion('3.4.0', { structs: structs4, rules: rules4 }),
  '3.5.0': specVersion('3.5.0', { structs: structs5, rules: rules5 }),
  '3.6.0': specVersion('3.6.0', { structs: structs6, rules: rules6 }),
  '3.7.0-experimental': specVersion('3.7.0-experimental', { structs: structs7, rules: rules7 }),
} as const satisfies Record<string, SpecVersion>;

export type SpecName = keyof typeof specVersions;

/** The version of a document; undefined for one that is not known. */
export function specNamed(version: string): SpecVersion | undefined {
  return Object.hasOwn(specVersions, version) ? specVersions[version as SpecName] : undefined;
}

/** The newer of two versions. */
export function newerOf(one: SpecVersion, other: SpecVersion): SpecVersion {
  const names = Object.keys(specVersions);
  return names.indexOf(one.version) < names.indexOf(other.version) ? other : one;
}

/** The newest stable version. */
export const newestSpec: SpecVersion = specVersions['3.6.0'];
