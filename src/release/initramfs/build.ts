import { passes } from '../../system/finding.ts';
import { bootTest, validate, write } from './finish.ts';
import type { BuiltInitramfs, InitramfsOptions, RefusedInitramfs } from './options.ts';
import { makeParts } from './parts.ts';
import { Stages } from './stage.ts';

export type { BuiltInitramfs, InitramfsOptions, RefusedInitramfs } from './options.ts';

/**
 * Makes an initramfs that boots from flists, stage by stage, and boots it. A stage whose inputs have
 * not changed is not done again; the same inputs give the same bytes.
 */
export async function buildInitramfs(
  options: InitramfsOptions,
): Promise<BuiltInitramfs | RefusedInitramfs> {
  const stages = new Stages(options);
  const parts = await makeParts(options, stages);
  const findings = await validate(parts, options, stages);
  const told = { kernel: parts.release, stages: stages.records, findings };
  if (!passes(findings)) return told;
  const written = await write(parts, options, stages);
  if (options.boot) await bootTest({ ...parts, ...written }, options, stages);
  return { ...told, ...written, flists: parts.flists };
}
