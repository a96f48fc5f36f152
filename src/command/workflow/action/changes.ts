import { appendFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { loadConfig } from '../../../config/load.ts';
import { changesSince } from '../../../workflow/machine/changes.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';

interface ChangesOptions extends ProjectOptions {
  since: string;
  outputs?: string;
}

export async function changes(options: ChangesOptions): Promise<void> {
  const context = contextOf(options);
  const { ci } = await loadConfig(context.cwd, options.config);
  const { builds, why } = await changesSince(options.since, ci.ignore, context);
  if (options.outputs != null)
    await appendFile(resolve(context.cwd, options.outputs), `builds=${builds}\n`);
  if (options.json) printJson(context, { builds, why });
  else context.stdout.write(`${builds ? 'builds' : 'nothing to build'}: ${why}\n`);
}
