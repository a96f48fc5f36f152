import { compatGate } from '../gate/compat/gate.ts';
import { listKernels } from '../stream/debian/kernel.ts';
import { type Finding, passes } from '../system/finding.ts';
import type { RunContext } from './context.ts';
import type { UnkeyedInputs } from './inputs.ts';

/**
 * Whether every kernel is in the range that each module states. Only when it is not is the archive
 * asked which of its kernels would be.
 */
export async function compatOf(context: RunContext, inputs: UnkeyedInputs): Promise<Finding[]> {
  const { modules } = inputs;
  const { kernels } = inputs.base;
  const findings = compatGate({ kernels, modules });
  if (passes(findings) || inputs.family !== 'debian') return findings;
  const archive = await listKernels(await context.archives.base());
  return compatGate({ kernels, modules, archive });
}
