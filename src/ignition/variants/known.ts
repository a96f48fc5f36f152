import type { ButaneParts } from '../butane/version.ts';
import type { SpecName } from '../spec/versions.ts';

/** What is known of one version of a variant. */
export interface KnownVersion extends ButaneParts {
  variant: string;
  version: string;
}

/** A version by its name, from its folder. */
export function known(
  name: `${string} ${string}`,
  ignition: SpecName,
  folder: Omit<ButaneParts, 'ignition'>,
): KnownVersion {
  const [variant = '', version = ''] = name.split(' ');
  return { variant, version, ignition, ...folder };
}
