import { chooseEntries } from '../../../flist/extract.ts';
import { hexOf } from '../../../flist/manifest/blocks.ts';
import { entriesOf, type FlistEntry } from '../../../flist/manifest/entries.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { entryRow } from '../../render/flist.ts';
import { loadOrTell } from '../shared/load.ts';

export async function tree(file: string, glob: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  const { digest, findings } = loaded;
  const entries = chooseEntries(entriesOf(loaded.manifest), glob);
  if (options.json)
    printJson(context, { manifest: file, digest, entries: entries.map(asJson), findings });
  else for (const entry of entries) context.stdout.write(`${entryRow(entry)}\n`);
  if (entries.length === 0 && glob !== '**') process.exitCode = 1;
}

function asJson({ blocks, ...entry }: FlistEntry): object {
  if (!blocks) return entry;
  return { ...entry, blocks: blocks.map(({ id, key }) => ({ id: hexOf(id), key: hexOf(key) })) };
}
