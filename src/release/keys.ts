import { COMPOSE_VERSION } from '../build/containerfile.ts';
import { FINISH_VERSION } from '../build/finish-script.ts';
import type { KmodsKey } from '../build/key.ts';
import { RPM_RECIPE_VERSION } from '../build/rpm/build-script.ts';
import type { Stream } from '../config/schema.ts';
import { RECIPE_VERSION } from '../source/build-script.ts';
import { ROOT_RECIPE_VERSION } from '../stream/debian/root.ts';
import { type Digest, digestOf, digestOfJson } from '../system/digest.ts';
import { baseDigest, type UnkeyedInputs } from './inputs.ts';

/** What the build of the kmods depends on. The rest of the builder root is not in it. */
export function kmodsKeyOf(inputs: UnkeyedInputs): KmodsKey {
  const { base, builder, modules } = inputs;
  return {
    kernel: { release: base.kernelRelease, version: kernelVersion(inputs) },
    modules: modules.map(({ name, version, files, options }) => ({
      name,
      version,
      source: digestOfJson(files.map((file) => [file.name, file.sha256])),
      options,
    })),
    compiler: builder.compiler,
    recipe: recipeOf(inputs),
    ...signerOf(inputs),
  };
}

function signerOf(inputs: UnkeyedInputs): Pick<KmodsKey, 'signer'> {
  if (inputs.family === 'debian' || !inputs.signing) return {};
  return { signer: digestOf(Buffer.from(inputs.signing.certificate, 'base64')) };
}

function recipeOf({ family }: UnkeyedInputs): string {
  return family === 'debian'
    ? `build ${RECIPE_VERSION}, finish ${FINISH_VERSION}`
    : `rpm ${RPM_RECIPE_VERSION}`;
}

/** Debian may rebuild a kernel under the same release; RPM kernels have their version in it. */
function kernelVersion(inputs: UnkeyedInputs): string {
  return inputs.family === 'debian' ? inputs.base.kernelPackage.version : inputs.base.kernelRelease;
}

/** What the OS image depends on: two images with one key hold the same. */
export function imageKeyOf(inputs: UnkeyedInputs, kmods: Digest, stream: Stream): Digest {
  return digestOfJson({
    recipes: {
      compose: COMPOSE_VERSION,
      ...(inputs.family === 'debian' && { root: ROOT_RECIPE_VERSION }),
    },
    base: baseDigest(inputs),
    packages: inputs.image.packages.digest,
    overlay: inputs.image.overlay,
    kmods,
    // In whichever order they are enabled, the image holds the same.
    enable: [...new Set(stream.image.enable)].sort(),
    load: modulesToLoad(stream),
  });
}

/** Names of the modules that are loaded when the image boots. */
export function modulesToLoad({ modules }: Pick<Stream, 'modules'>): string[] {
  return modules.filter((module) => module.load).map((module) => module.name);
}
