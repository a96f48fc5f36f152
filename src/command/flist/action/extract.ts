import { openBlockCodec } from '../../../flist/block/codec.ts';
import { chooseEntries, extractEntries } from '../../../flist/extract.ts';
import { entriesOf } from '../../../flist/manifest/entries.ts';
import { openReaders } from '../../../flist/store/open.ts';
import { openBlockSource } from '../../../flist/store/source.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { connectionOf, fileOf, tellFindings } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

interface ExtractOptions extends CommonOptions {
  output: string;
  preserve?: true;
}

export async function extract(file: string, glob: string, options: ExtractOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  const routes = openReaders(loaded.manifest.routes, connectionOf(context));
  const source = openBlockSource(routes, await openBlockCodec());
  const folder = fileOf(context, options.output);
  const entries = chooseEntries(entriesOf(loaded.manifest), glob);
  const { files, findings } = await extractEntries(
    entries,
    { folder, source },
    { preserve: options.preserve === true, signal: context.signal },
  );
  const all = [...loaded.findings, ...findings];
  if (entries.length === 0 && glob !== '**') process.exitCode = 1;
  if (options.json)
    return printJson(context, {
      manifest: file,
      digest: loaded.digest,
      output: folder,
      files,
      findings: all,
    });
  context.stdout.write(`${files} files written to ${options.output}\n`);
  tellFindings(context, findings);
}
