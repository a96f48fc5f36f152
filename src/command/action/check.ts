import { loadConfig } from '../../config/load.ts';
import { openRegistry } from '../../oci/open.ts';
import { checkStream } from '../../release/survey.ts';
import type { Survey } from '../../release/surveyed.ts';
import { passes } from '../../system/finding.ts';
import { contextOf, type ProjectOptions, printJson } from '../options.ts';
import { findingLines } from '../render/finding.ts';

export async function check(options: ProjectOptions): Promise<void> {
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const surveys: Survey[] = [];
  for (const stream of streams) {
    const registry = openRegistry(stream.publish.registry, context);
    surveys.push(await checkStream(stream, { ...context, registry, project: context.cwd }));
  }
  const checked = surveys.map(({ stream, kernel, modules, findings }) => ({
    stream,
    kernel,
    modules,
    result: passes(findings) ? 'fits' : 'does not fit',
    findings,
  }));
  if (options.json) printJson(context, { streams: checked });
  else context.stdout.write(`${checked.map(show).join('\n')}\n`);
  if (!surveys.every(({ findings }) => passes(findings))) process.exitCode = 1;
}

function show(checked: {
  stream: string;
  kernel: Survey['kernel'];
  result: string;
  findings: Survey['findings'];
}): string {
  const head = `${checked.stream}: Linux ${checked.kernel.release} ${checked.result}`;
  return [head, ...checked.findings.flatMap(findingLines)].join('\n');
}
