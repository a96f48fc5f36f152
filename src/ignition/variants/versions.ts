import { type ButaneVersion, butaneVersion } from '../butane/version.ts';
import { fcos } from './fcos.ts';
import { fiot } from './fiot.ts';
import { flatcar } from './flatcar.ts';
import { r4e } from './r4e.ts';

/** Every variant and version, oldest first. */
const all = [...fcos, ...flatcar, ...fiot, ...r4e];

/** The names of all versions: `fcos 1.7.0`. */
export const butaneNames: readonly string[] = all.map(
  ({ variant, version }) => `${variant} ${version}`,
);

/** A version by its variant and number; undefined when there is none. */
export function butaneNamed(variant: string, version: string): ButaneVersion | undefined {
  const found = all.find((one) => one.variant === variant && one.version === version);
  return found && butaneVersion(variant, version, found);
}

/** The newest stable version of a variant. */
export function newestOf(variant: string): string | undefined {
  const stable = all.filter((one) => one.variant === variant && !one.version.includes('-'));
  return stable.at(-1)?.version;
}
