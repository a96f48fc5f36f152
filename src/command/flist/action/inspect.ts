import { summaryOf } from '../../../flist/summary.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { summaryLines } from '../../render/flist.ts';
import { tellFindings } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

export async function inspect(file: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  const summary = summaryOf(loaded);
  if (options.json) return printJson(context, summary);
  for (const line of summaryLines(summary)) context.stdout.write(`${line}\n`);
  tellFindings(context, summary.findings);
}
