import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { passes } from '../../../system/finding.ts';
import { VERSION } from '../../../system/version.ts';
import { placeText } from '../../../workflow/check/finding.ts';
import { checkRepository } from '../../../workflow/check-repository.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { findingLines } from '../../render/finding.ts';
import { isJob, placeAnnotations } from '../../render/job.ts';

export async function check(options: ProjectOptions): Promise<void> {
  const context = contextOf(options);
  const config = await loadConfig(context.cwd, options.config);
  const { files, findings } = await checkRepository(context.cwd, config, VERSION);
  if (options.json) printJson(context, { files, findings });
  else {
    const lines = findings.flatMap((finding) => [placeText(finding), ...findingLines(finding)]);
    lines.push(`${files} files looked at, ${findings.length} findings`);
    context.stdout.write(`${lines.join('\n')}\n`);
  }
  if (isJob(context.env)) {
    const places = findings.map(({ where, message }) => ({
      ...where,
      file: resolve(context.cwd, where.file),
      message,
    }));
    context.stderr.write(placeAnnotations(places, context.env));
  }
  if (!passes(findings)) process.exitCode = 1;
}
