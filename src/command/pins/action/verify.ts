import { passes } from '../../../system/finding.ts';
import { placeText } from '../../../workflow/check/finding.ts';
import { readFiles } from '../../../workflow/files.ts';
import { projectPins, verifyPins } from '../../../workflow/pins/project.ts';
import { openUpstream } from '../../../workflow/pins/upstream.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { findingLines } from '../../render/finding.ts';

export async function verify(names: string[], options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const { pins } = await projectPins(context.cwd, readFiles, names);
  const findings = await verifyPins(pins, openUpstream(context));
  if (options.json) printJson(context, { pins: pins.length, findings });
  else {
    const lines = findings.flatMap((finding) => [placeText(finding), ...findingLines(finding)]);
    lines.push(`${pins.length} pins looked at, ${findings.length} findings`);
    context.stdout.write(`${lines.join('\n')}\n`);
  }
  if (!passes(findings)) process.exitCode = 1;
}
