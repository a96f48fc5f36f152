import { type Digest, digestOf } from '../../system/digest.ts';
import type { Resource } from '../../trust/predicate/resource.ts';
import type { Inputs } from '../inputs/inputs.ts';
import { filesFor, type ModuleInputs } from '../inputs/modules.ts';

/** Every immutable thing that inputs name by a digest: base, builder, packages, sources and files. */
export function dependenciesOf(inputs: Inputs): Resource[] {
  return [
    ...baseOf(inputs),
    ...packagesOf(inputs, 'base'),
    ...builderOf(inputs),
    ...packagesOf(inputs, 'builder'),
    ...packagesOf(inputs, 'image'),
    ...inputs.modules.flatMap((module) => sourcesOf(module)),
    ...overlayOf(inputs),
    ...hostKeysOf(inputs),
  ];
}

function baseOf(inputs: Inputs): Resource[] {
  if (inputs.family === 'debian') return [];
  const { reference, digest, index } = inputs.base;
  return [
    { name: 'base', uri: uriOf(reference), digest },
    ...(index ? [{ name: 'base index', uri: uriOf(reference), digest: index }] : []),
  ];
}

function builderOf(inputs: Inputs): Resource[] {
  if (inputs.family === 'debian' || !inputs.builder) return [];
  const { reference, digest } = inputs.builder;
  return [{ name: 'builder', uri: uriOf(reference), digest }];
}

function packagesOf(inputs: Inputs, of: 'base' | 'builder' | 'image'): Resource[] {
  const isDebian = inputs.family === 'debian';
  const set = of === 'base' ? (isDebian ? inputs.base : undefined) : inputs[of];
  const kind = isDebian ? 'deb/debian' : 'rpm';
  return (set?.packages.packages ?? []).map(({ name, version, architecture, sha256 }) => ({
    name: `${of} package ${name}`,
    uri: `pkg:${kind}/${encodeURIComponent(name)}@${encodeURIComponent(version)}?arch=${architecture}`,
    digest: `sha256:${sha256}`,
  }));
}

/** The files and images that a module is made of, for one kernel or for all of them. */
export function sourcesOf(module: ModuleInputs, kernel?: string): Resource[] {
  const name = `module ${module.name}`;
  const wanted = kernel == null ? module.files : filesFor(module, kernel);
  const files = wanted.map((file): Resource => {
    const uri = 'url' in file ? file.url : undefined;
    const digest: Digest = `sha256:${file.sha256}`;
    return { name: `${name}: ${file.name}`, ...(uri && { uri }), digest };
  });
  if (module.kind !== 'kmods') return files;
  const images = module.images
    .filter((one) => kernel == null || one.kernel === kernel)
    .map(({ kernel: release, reference, digest }) => ({
      name: `${name} for Linux ${release}`,
      uri: uriOf(reference),
      digest,
    }));
  return [...images, ...files];
}

function overlayOf({ image }: Inputs): Resource[] {
  return image.overlay ? [{ name: 'overlay', digest: image.overlay }] : [];
}

/** What hosts are told to accept: the files of keys, as they lie in the image. */
function hostKeysOf({ hosts }: Inputs): Resource[] {
  return (hosts?.keys ?? []).map((pem) => ({ name: 'key of hosts', digest: digestOf(pem) }));
}

function uriOf(reference: string): string {
  return reference.startsWith('oci:') ? reference : `docker://${reference}`;
}
