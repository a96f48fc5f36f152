import { archivePath } from '../../../file/path.ts';
import { openBlockCodec } from '../../../flist/block/codec.ts';
import { contentOf } from '../../../flist/content.ts';
import { entriesOf } from '../../../flist/manifest/entries.ts';
import { openReaders } from '../../../flist/store/open.ts';
import { openBlockSource } from '../../../flist/store/source.ts';
import { LockstepError } from '../../../system/error.ts';
import { type CommonOptions, contextOf } from '../../options/project.ts';
import { connectionOf } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

export async function cat(file: string, path: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  const wanted = archivePath(path);
  const entry = entriesOf(loaded.manifest).find((one) => one.path === wanted);
  if (entry?.type !== 'file')
    throw new LockstepError('not-found', `${file} has no file ${path}`, {
      hint: `lockstep flist tree ${file} lists what it has`,
    });
  const routes = openReaders(loaded.manifest.routes, connectionOf(context));
  const source = openBlockSource(routes, await openBlockCodec());
  for await (const part of contentOf(entry, source)) context.stdout.write(part);
}
