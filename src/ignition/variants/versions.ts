import type { ButaneParts, ButaneVersion } from '../butane/version.ts';
import type { SpecName } from '../spec/versions.ts';

type Folder = Omit<ButaneParts, 'ignition'>;

interface Entry {
  variant: string;
  version: string;
  ignition: SpecName;
  load: () => Promise<[schema: unknown, translate: unknown, validate: unknown]>;
}

const entry = (name: `${string} ${string}`, ignition: SpecName, load: Entry['load']): Entry => {
  const [variant = '', version = ''] = name.split(' ');
  return { variant, version, ignition, load };
};

/** Every variant and version, oldest first; a version's folder is loaded when it is asked for. */
const entries: readonly Entry[] = [
  entry('fcos 1.0.0', '3.0.0', () =>
    Promise.all([
      import('../fcos/v1_0/schema.ts'),
      import('../fcos/v1_0/translate.ts'),
      import('../fcos/v1_0/validate.ts'),
    ]),
  ),
  entry('fcos 1.1.0', '3.1.0', () =>
    Promise.all([
      import('../fcos/v1_1/schema.ts'),
      import('../fcos/v1_1/translate.ts'),
      import('../fcos/v1_1/validate.ts'),
    ]),
  ),
  entry('fcos 1.2.0', '3.2.0', () =>
    Promise.all([
      import('../fcos/v1_2/schema.ts'),
      import('../fcos/v1_2/translate.ts'),
      import('../fcos/v1_2/validate.ts'),
    ]),
  ),
  entry('fcos 1.3.0', '3.2.0', () =>
    Promise.all([
      import('../fcos/v1_3/schema.ts'),
      import('../fcos/v1_3/translate.ts'),
      import('../fcos/v1_3/validate.ts'),
    ]),
  ),
  entry('fcos 1.4.0', '3.3.0', () =>
    Promise.all([
      import('../fcos/v1_4/schema.ts'),
      import('../fcos/v1_4/translate.ts'),
      import('../fcos/v1_4/validate.ts'),
    ]),
  ),
  entry('fcos 1.5.0', '3.4.0', () =>
    Promise.all([
      import('../fcos/v1_5/schema.ts'),
      import('../fcos/v1_5/translate.ts'),
      import('../fcos/v1_5/validate.ts'),
    ]),
  ),
  entry('fcos 1.6.0', '3.5.0', () =>
    Promise.all([
      import('../fcos/v1_6/schema.ts'),
      import('../fcos/v1_6/translate.ts'),
      import('../fcos/v1_6/validate.ts'),
    ]),
  ),
  entry('fcos 1.7.0', '3.6.0', () =>
    Promise.all([
      import('../fcos/v1_7/schema.ts'),
      import('../fcos/v1_7/translate.ts'),
      import('../fcos/v1_7/validate.ts'),
    ]),
  ),
  entry('fcos 1.8.0-experimental', '3.7.0-experimental', () =>
    Promise.all([
      import('../fcos/v1_8_experimental/schema.ts'),
      import('../fcos/v1_8_experimental/translate.ts'),
      import('../fcos/v1_8_experimental/validate.ts'),
    ]),
  ),
  entry('flatcar 1.0.0', '3.3.0', () =>
    Promise.all([
      import('../flatcar/v1_0/schema.ts'),
      import('../flatcar/v1_0/translate.ts'),
      import('../flatcar/v1_0/validate.ts'),
    ]),
  ),
  entry('flatcar 1.1.0', '3.4.0', () =>
    Promise.all([
      import('../flatcar/v1_1/schema.ts'),
      import('../flatcar/v1_1/translate.ts'),
      import('../flatcar/v1_1/validate.ts'),
    ]),
  ),
  entry('flatcar 1.2.0-experimental', '3.7.0-experimental', () =>
    Promise.all([
      import('../flatcar/v1_2_experimental/schema.ts'),
      import('../flatcar/v1_2_experimental/translate.ts'),
      import('../flatcar/v1_2_experimental/validate.ts'),
    ]),
  ),
  entry('fiot 1.0.0', '3.4.0', () =>
    Promise.all([
      import('../fiot/v1_0/schema.ts'),
      import('../fiot/v1_0/translate.ts'),
      import('../fiot/v1_0/validate.ts'),
    ]),
  ),
  entry('fiot 1.1.0-experimental', '3.7.0-experimental', () =>
    Promise.all([
      import('../fiot/v1_1_experimental/schema.ts'),
      import('../fiot/v1_1_experimental/translate.ts'),
      import('../fiot/v1_1_experimental/validate.ts'),
    ]),
  ),
  entry('r4e 1.0.0', '3.3.0', () =>
    Promise.all([
      import('../r4e/v1_0/schema.ts'),
      import('../r4e/v1_0/translate.ts'),
      import('../r4e/v1_0/validate.ts'),
    ]),
  ),
  entry('r4e 1.1.0', '3.4.0', () =>
    Promise.all([
      import('../r4e/v1_1/schema.ts'),
      import('../r4e/v1_1/translate.ts'),
      import('../r4e/v1_1/validate.ts'),
    ]),
  ),
  entry('r4e 1.2.0-experimental', '3.7.0-experimental', () =>
    Promise.all([
      import('../r4e/v1_2_experimental/schema.ts'),
      import('../r4e/v1_2_experimental/translate.ts'),
      import('../r4e/v1_2_experimental/validate.ts'),
    ]),
  ),
];

/** The names of all versions: `fcos 1.7.0`. */
export const butaneNames: readonly string[] = entries.map(
  ({ variant, version }) => `${variant} ${version}`,
);

/** A version by its variant and number; undefined when there is none. */
export async function butaneNamed(
  variant: string,
  version: string,
): Promise<ButaneVersion | undefined> {
  const found = entries.find((one) => one.variant === variant && one.version === version);
  if (!found) return undefined;
  const parts = Object.assign({}, ...(await found.load())) as Folder;
  const { butaneVersion } = await import('../butane/version.ts');
  return butaneVersion(variant, version, { ...parts, ignition: found.ignition });
}

/** The newest stable version of a variant. */
export function newestOf(variant: string): string | undefined {
  const stable = entries.filter((one) => one.variant === variant && !one.version.includes('-'));
  return stable.at(-1)?.version;
}
