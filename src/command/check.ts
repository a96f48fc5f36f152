import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { openRegistry } from '../oci/open.ts';
import { checkStream } from '../release/survey.ts';
import type { Survey } from '../release/surveyed.ts';
import { passes } from '../system/finding.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { findingLines } from './render/finding.ts';

const EXAMPLES = `
Reads the configuration, asks upstream (an archive, an image) which kernel it would follow, and holds
that against what each module says it supports: the compat gate alone. Builds nothing. Exit status 0 when all fit, 1 when one does not,
2 when the configuration is wrong.

Examples:
  $ lockstep check
  $ lockstep check -C examples/debian-zfs --json`;

export const command = projectOptions(new Command('check'))
  .summary('check the configuration, and whether the kernel suits the modules')
  .description('Checks lockstep.yaml and whether each module supports the kernel to be followed.')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
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
  });

function show(checked: {
  stream: string;
  kernel: Survey['kernel'];
  result: string;
  findings: Survey['findings'];
}): string {
  const head = `${checked.stream}: Linux ${checked.kernel.release} ${checked.result}`;
  return [head, ...checked.findings.flatMap(findingLines)].join('\n');
}
