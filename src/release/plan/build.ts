import type { Action, PlannedStep } from './step.ts';

/** What is there of the kmods of one kernel. */
export interface ObservedKmods {
  kernel: string;
  /** What the stored kmods image has other than the wanted key (empty: nothing); undefined: there is none. */
  differences?: readonly string[];
  /** The repository of main that has one with the wanted key, where this channel has none. */
  elsewhere?: string;
}

/** What makes two kmods images the same, in words. */
const SAME_KMODS = 'a kmods image has this key: kernel, sources, options and compiler are the same';

/** Decides what is done about the kmods of one kernel. */
export function buildStep(
  { kernel, differences, elsewhere }: ObservedKmods,
  { force, build = true }: { force?: boolean; build?: boolean },
): PlannedStep {
  const planned = (action: Action, reason: string): PlannedStep => ({
    step: 'build',
    kernel,
    action,
    reason: `Linux ${kernel}: ${reason}`,
  });
  if (differences?.length === 0)
    return force && build ? planned('do', 'forced') : planned('reuse', SAME_KMODS);
  if (elsewhere != null && !(force && build))
    return planned('copy', `${elsewhere} has a kmods image of this key`);
  if (!build) return planned('stop', 'no kmods image, and it is another job that builds it');
  if (differences) return planned('do', `stale: ${differences.join('; ')}`);
  return planned('do', 'no kmods image');
}
