import { tagOf } from '../../../oci/reference.ts';
import { type Digest, digestOfJson } from '../../../system/digest.ts';
import type { RunContext } from '../../context/run-context.ts';
import type { Inputs, RpmInputs } from '../../inputs/inputs.ts';
import { storeInputs, tryInputsAt } from '../../kept/inputs.ts';
import { short } from '../../record/tags.ts';
import { CHOICE_VERSION, type ChoiceRequest } from './choose.ts';

/** All that decides which packages are asked for. */
type Question = ChoiceRequest & { config: Digest };

/** The name under which the choice for a base, builder, modules and configuration is found again. */
function followedTag(question: Question): string {
  return tagOf(`followed-${short(keyOf(question))}`);
}

/**
 * The choice that was made the last time for just this base, builder, modules and configuration:
 * packages are chosen anew when one of them moves, or when a run is forced.
 */
export async function readFollowed(
  { ends }: RunContext,
  question: Question,
): Promise<RpmInputs | undefined> {
  const tag = followedTag(question);
  for (const where of [ends.image, ends.stable]) {
    const descriptor = await where.resolve(tag);
    const inputs = descriptor && (await tryInputsAt(where, descriptor));
    if (inputs && isAnswer(inputs, question)) return inputs;
  }
  return undefined;
}

/** Stores inputs as the ones whose choice is found again; asks once when they are that already. */
export async function keepFollowed({ ends }: RunContext, inputs: RpmInputs): Promise<void> {
  const tag = followedTag(inputs);
  const known = await ends.image.resolve(tag);
  const stored = await storeInputs(ends.image, inputs);
  if (known?.digest !== stored.digest) await ends.image.tag(tag, stored);
}

function isAnswer(inputs: Inputs, question: Question): inputs is RpmInputs {
  return inputs.family === 'rpm' && keyOf(inputs) === keyOf(question);
}

function keyOf({ config, base, builder, modules }: Question): Digest {
  return digestOfJson({
    config,
    base: base.digest,
    kernels: base.kernels,
    builder: builder?.digest,
    modules: modules.map(({ name, version, files }) => [name, version, files.map((f) => f.sha256)]),
    version: CHOICE_VERSION,
  });
}
