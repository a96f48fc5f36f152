import { COMPOSE_VERSION } from '../build/containerfile.ts';
import { FINISH_VERSION } from '../build/finish-script.ts';
import type { KmodsKey } from '../build/key.ts';
import type { Stream } from '../config/schema.ts';
import { RECIPE_VERSION } from '../source/build-script.ts';
import { ROOT_RECIPE_VERSION } from '../stream/debian/root.ts';
import { type Digest, digestOfJson } from '../system/digest.ts';
import type { Inputs } from './inputs.ts';

/** Inputs before their keys are known. */
export type UnkeyedInputs = Omit<Inputs, 'keys'>;

/** What the build of the kmods depends on. The rest of the builder root is not in it. */
export function kmodsKeyOf(inputs: UnkeyedInputs): KmodsKey {
  const { base, builder, modules } = inputs;
  return {
    kernel: { release: base.kernelRelease, version: base.kernelPackage.version },
    modules: modules.map(({ name, version, files, options }) => ({
      name,
      version,
      source: digestOfJson(files.map((file) => [file.name, file.sha256])),
      options,
    })),
    compiler: builder.compiler,
    recipe: `build ${RECIPE_VERSION}, finish ${FINISH_VERSION}`,
  };
}

/** What the OS image depends on: two images with one key hold the same. */
export function imageKeyOf(inputs: UnkeyedInputs, kmods: Digest, stream: Stream): Digest {
  return digestOfJson({
    recipes: { compose: COMPOSE_VERSION, root: ROOT_RECIPE_VERSION },
    base: inputs.base.packages.digest,
    packages: inputs.image.packages.digest,
    overlay: inputs.image.overlay,
    kmods,
    enable: stream.image.enable,
    load: modulesToLoad(stream),
  });
}

/** Names of the modules that are loaded when the image boots. */
export function modulesToLoad(stream: Stream): string[] {
  return stream.modules.filter((module) => module.load).map((module) => module.name);
}
