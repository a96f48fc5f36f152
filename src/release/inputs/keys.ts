import { COMPOSE_VERSION } from '../../compose/version.ts';
import type { Stream } from '../../config/schema.ts';
import { type KmodsKey, kmodsKeyDigest } from '../../kmods/image/key.ts';
import { FINISH_VERSION } from '../../kmods/image/version.ts';
import { RPM_RECIPE_VERSION, TAKE_VERSION } from '../../kmods/rpm/version.ts';
import { RECIPE_VERSION } from '../../source/version.ts';
import { ROOT_RECIPE_VERSION } from '../../stream/debian/root/version.ts';
import { type Digest, digestOf, digestOfJson } from '../../system/digest.ts';
import { HOST_FILES_VERSION } from '../../trust/hosts/version.ts';
import { baseDigest, type Inputs, type UnkeyedInputs } from './inputs.ts';
import { askedToLoad } from './load.ts';
import { filesFor, isBuilt } from './modules.ts';

/**
 * What the build of the kmods of each kernel depends on, in the order of the kernels. The rest of
 * the builder root is not in it.
 */
export function kmodsKeysOf(inputs: UnkeyedInputs): KmodsKey[] {
  return inputs.base.kernels.map((release) => kmodsKeyOf(inputs, release));
}

function kmodsKeyOf(inputs: UnkeyedInputs, release: string): KmodsKey {
  const { builder, modules } = inputs;
  return {
    kernel: { release, version: kernelVersion(inputs, release) },
    modules: modules.map((module) => ({
      name: module.name,
      version: module.version,
      source: digestOfJson(filesFor(module, release).map((file) => [file.name, file.sha256])),
      options: module.options,
    })),
    compiler: builder?.compiler ?? 'none',
    recipe: recipeOf(inputs),
    ...signerOf(inputs),
  };
}

function signerOf(inputs: UnkeyedInputs): Pick<KmodsKey, 'signer'> {
  if (inputs.family === 'debian' || !inputs.signing) return {};
  return { signer: digestOf(Buffer.from(inputs.signing.certificate, 'base64')) };
}

function recipeOf(inputs: UnkeyedInputs): string {
  if (inputs.family === 'debian') return `build ${RECIPE_VERSION}, finish ${FINISH_VERSION}`;
  const { modules } = inputs;
  const ways = [
    modules.some(isBuilt) && `rpm ${RPM_RECIPE_VERSION}`,
    !modules.every(isBuilt) && `take ${TAKE_VERSION}`,
  ];
  return ways.filter(Boolean).join(', ');
}

/** Debian may rebuild a kernel under the same release; RPM kernels have their version in it. */
function kernelVersion(inputs: UnkeyedInputs, release: string): string {
  return inputs.family === 'debian' ? inputs.base.kernelPackage.version : release;
}

/** The keys by which everything that the inputs yield is found again. */
export function keysOf(inputs: UnkeyedInputs, stream: Stream): Inputs['keys'] {
  const keys = kmodsKeysOf(inputs).map((key) => [key.kernel.release, kmodsKeyDigest(key)] as const);
  const kmods = Object.fromEntries(keys);
  return { kmods, image: imageKeyOf(inputs, kmods, stream) };
}

/** What the OS image depends on: two images with one key hold the same. */
export function imageKeyOf(
  inputs: UnkeyedInputs,
  kmods: Inputs['keys']['kmods'],
  stream: Stream,
): Digest {
  return digestOfJson({
    recipes: {
      compose: COMPOSE_VERSION,
      ...(inputs.family === 'debian' && { root: ROOT_RECIPE_VERSION }),
      ...(inputs.hosts && { hosts: HOST_FILES_VERSION }),
    },
    base: baseDigest(inputs),
    packages: inputs.image.packages.digest,
    overlay: inputs.image.overlay,
    kmods,
    ...(inputs.hosts && { hosts: inputs.hosts }),
    // In whichever order they are enabled, the image holds the same.
    enable: [...new Set(stream.image.enable)].sort(),
    // With what the kmods hold, this says which modules are loaded.
    load: askedToLoad(stream.modules),
  });
}
