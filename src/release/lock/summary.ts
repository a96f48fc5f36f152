import { baseDigest, type Inputs, inputsDigest } from '../inputs/inputs.ts';
import { isBuilt } from '../inputs/modules.ts';

/** Inputs without their long lists. */
export type LockSummary = ReturnType<typeof summaryOf>;

/** What inputs pin, for people and for scripts; of sets of packages their digest and their number. */
export function summaryOf(inputs: Inputs) {
  const { stream, family, config, keys, modules, image, tools } = inputs;
  return {
    stream,
    family,
    digest: inputsDigest(inputs),
    config,
    keys,
    kernel: inputs.base.kernelRelease,
    kernels: inputs.base.kernels,
    osVersion: inputs.base.osVersion,
    base: baseOf(inputs),
    builder: builderOf(inputs),
    modules: modules.map((module) => {
      const { name, package: from, version, options, files } = module;
      const sources = files.map((file) => ({ name: file.name, sha256: file.sha256 }));
      const images = isBuilt(module) ? undefined : module.images;
      return { name, package: from, version, options, ...(images && { images }), files: sources };
    }),
    image: { packages: counted(image.packages), overlay: image.overlay },
    tools,
  };
}

function baseOf(inputs: Inputs) {
  const digest = baseDigest(inputs);
  if (inputs.family === 'rpm') {
    const { reference, tag, version } = inputs.base;
    return { reference, digest, ...(tag && { tag }), ...(version && { version }) };
  }
  const { suite, kernelPackage, packages } = inputs.base;
  return { suite, kernelPackage, digest, packages: counted(packages) };
}

function builderOf({ family, builder }: Inputs) {
  if (!builder) return undefined;
  const image = family === 'rpm' && { reference: builder.reference, digest: builder.digest };
  return { compiler: builder.compiler, ...image, packages: counted(builder.packages) };
}

function counted({ digest, packages }: { digest: string; packages: readonly unknown[] }) {
  return { digest, count: packages.length };
}
