import type { Reader } from '../../../oci/repository.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { RpmBuilder, RpmInputs } from '../../inputs/inputs.ts';
import { kmodsKeysOf } from '../../inputs/keys.ts';
import { storedKmods } from '../../record/kmods.ts';
import { kmodsTag } from '../../record/tags.ts';
import { type BuiltIn, readBuiltIn } from './built-in.ts';
import { wantedInBuilder } from './choose.ts';

/** Inputs whose builder has no packages yet. */
type Draft = Omit<RpmInputs, 'keys'>;

/**
 * The builder as it was when the kmods were built that these inputs ask for: whoever finds them
 * ready need not ask dnf again what they would be built with, nor fetch the image for it.
 * Undefined when one of them is missing, or was built in something else.
 */
export async function knownBuilder(
  { ends, stream }: Pick<RunContext, 'ends' | 'stream'>,
  draft: Draft,
): Promise<RpmBuilder | undefined> {
  if (!draft.builder) return undefined;
  const wanted = wantedInBuilder(stream, draft);
  const { reference, digest } = draft.builder;
  const isSame = (one: BuiltIn) =>
    one.builder.digest === digest && String(one.wanted) === String(wanted);
  for (const kmods of [ends.kmods, ends.cache].filter((one) => one != null)) {
    for (const { builder } of (await builtInOf(kmods, draft)).filter(isSame)) {
      const inputs = { ...draft, builder: { ...builder, reference } };
      const stored = await storedKmods(kmods, kmodsKeysOf(inputs));
      if (stored.length === draft.base.kernels.length) return inputs.builder;
    }
  }
  return undefined;
}

/** What the kmods image that has the name of a module and of the newest kernel was built in. */
async function builtInOf(kmods: Reader, { base, modules }: Draft): Promise<BuiltIn[]> {
  const [module] = modules;
  const descriptor = module && (await kmods.resolve(kmodsTag(module, base.kernelRelease)));
  return descriptor ? readBuiltIn(kmods, descriptor.digest) : [];
}
