import { compatGate } from '../../gate/compat/gate.ts';
import { listKernels } from '../../stream/debian/kernel.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { askedOnce } from '../context/shared.ts';
import { type FactsBase, kernelFacts } from '../facts/kernel-facts.ts';
import { baseDigest, type UnkeyedInputs } from '../inputs/inputs.ts';

/**
 * Whether every kernel is in the range that each module states, and excluded by none. Only when it is not is the archive
 * asked which of its kernels would be.
 */
export function compatOf(context: RunContext, inputs: UnkeyedInputs): Promise<Finding[]> {
  const { kernels } = inputs.base;
  const about = [inputs.family, baseDigest(inputs), kernels, inputs.modules];
  return askedOnce(context, ['compat', ...about], () => judged(context, inputs));
}

async function judged(context: RunContext, inputs: UnkeyedInputs): Promise<Finding[]> {
  const { modules } = inputs;
  const { kernels } = inputs.base;
  const facts = await kernelFacts(context, factsBaseOf(inputs), modules);
  const findings = compatGate({ kernels, modules, ...facts });
  if (passes(findings) || inputs.family !== 'debian') return findings;
  const archive = await listKernels(await context.archives.base());
  return compatGate({ kernels, modules, archive, ...facts });
}

function factsBaseOf(inputs: UnkeyedInputs): FactsBase {
  const { architecture, kernels } = inputs.base;
  if (inputs.family === 'debian') return { architecture, kernels, packages: inputs.base.packages };
  return { architecture, kernels, image: inputs.base };
}
