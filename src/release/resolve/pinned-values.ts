import { formatReference, parseReference } from '../../oci/reference.ts';
import type { Digest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { baseDigest, type Inputs } from '../inputs/inputs.ts';
import { storedKmods } from '../record/kmods.ts';
import { baseTag } from '../record/tags.ts';
import type { ResolvedStream } from './look.ts';

/** Names and values for builds that lockstep does not do itself, in the order in which they are told. */
export type PinnedValues = Record<string, string>;

/**
 * What a recipe of the user's own needs of the inputs: images by digest, kernels (the newest first,
 * the others with `_2` and so on at the end of their names), versions. The
 * base of a Debian stream and the kmods image are named when they are stored. Throws `config`
 * when two modules would have the same name.
 */
export async function pinnedValues(resolved: ResolvedStream): Promise<PinnedValues> {
  const { inputs } = resolved;
  const base = await baseImage(resolved);
  const values: [string, string | undefined][] = [
    ['BASE_IMAGE', base],
    ...(await kernelValues(resolved)),
    ['OS_VERSION', inputs.base.osVersion],
    ...inputs.modules.map(({ name, version }) => [versionName(name), version] as [string, string]),
    ['BUILDER_IMAGE', builderImage(inputs)],
  ];
  return unique(values.filter((entry): entry is [string, string] => entry[1] != null));
}

/** `ZFS_VERSION` of `zfs`: letters, digits and `_`, as shells and container tools take it. */
function versionName(module: string): string {
  return `${module.toUpperCase().replace(/[^A-Z0-9]/g, '_')}_VERSION`.replace(/^(?=\d)/, '_');
}

function unique(values: readonly [string, string][]): PinnedValues {
  const names = values.map(([name]) => name);
  const twice = names.find((name, at) => names.indexOf(name) !== at);
  if (twice == null) return Object.fromEntries(values);
  throw new LockstepError('config', `two values would be called ${twice}`, {
    hint: 'give one of the modules another name in the configuration',
  });
}

async function baseImage({ context, inputs }: ResolvedStream): Promise<string | undefined> {
  if (inputs.family === 'rpm') return pinned(inputs.base);
  const tag = baseTag(baseDigest(inputs), inputs.base.osVersion);
  const stored = await context.ends.image.resolve(tag);
  return stored && own(context, context.stream.publish.image, stored.digest);
}

async function kernelValues({
  context,
  inputs,
  kmodsKeys,
}: ResolvedStream): Promise<[string, string | undefined][]> {
  const stored = await storedKmods(context.ends.kmods, kmodsKeys);
  return inputs.base.kernels.toReversed().flatMap((kernel, at) => {
    const { digest } = stored.find((one) => one.kernel === kernel)?.descriptor ?? {};
    const end = at === 0 ? '' : `_${at + 1}`;
    return [
      [`KMODS_IMAGE${end}`, digest && own(context, context.stream.publish.kmods, digest)],
      [`KERNEL_RELEASE${end}`, kernel],
    ];
  });
}

function builderImage(inputs: Inputs): string | undefined {
  return inputs.family === 'rpm' && inputs.builder ? pinned(inputs.builder) : undefined;
}

/** A reference without its tag, which says nothing any more. */
function pinned({ reference, digest }: { reference: string; digest: Digest }): string {
  const { tag: _moving, ...place } = parseReference(reference);
  return formatReference({ ...place, digest });
}

function own({ stream }: ResolvedStream['context'], repository: string, digest: Digest): string {
  return `${stream.publish.registry.replace(/\/+$/, '')}/${repository}@${digest}`;
}
