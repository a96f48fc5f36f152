import { diffEntries } from '../../../flist/diff.ts';
import { entriesOf } from '../../../flist/manifest/entries.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { diffLines } from '../../render/flist.ts';
import { loadOrTell } from '../shared/load.ts';

export async function diff(a: string, b: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const before = await loadOrTell(context, a, options.json);
  const after = before && (await loadOrTell(context, b, options.json));
  if (!before || !after) return;
  const found = diffEntries(entriesOf(before.manifest), entriesOf(after.manifest));
  if (options.json) printJson(context, found);
  else for (const line of diffLines(found)) context.stdout.write(`${line}\n`);
  const differs = [found.added, found.removed, found.changed].some((list) => list.length > 0);
  if (differs) process.exitCode = 1;
}
