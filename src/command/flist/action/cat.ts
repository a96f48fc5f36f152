import { buffer } from 'node:stream/consumers';
import { archivePath } from '../../../file/path.ts';
import { openBlockCodec } from '../../../flist/block/codec.ts';
import { contentOf } from '../../../flist/content.ts';
import { entriesOf } from '../../../flist/manifest/entries.ts';
import { openReaders } from '../../../flist/store/open.ts';
import { openBlockSource } from '../../../flist/store/source.ts';
import { LockstepError } from '../../../system/error.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { connectionOf } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

export async function cat(file: string, path: string, options: CommonOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  const wanted = path.split('/').includes('..') ? undefined : archivePath(path);
  const entry = entriesOf(loaded.manifest).find((one) => one.path === wanted);
  if (entry?.type !== 'file')
    throw new LockstepError('not-found', `${file} has no file ${path}`, {
      hint: `lockstep flist tree ${file} lists what it has`,
    });
  const routes = openReaders(loaded.manifest.routes, connectionOf(context));
  const source = openBlockSource(routes, await openBlockCodec());
  const content = contentOf(entry, source);
  if (options.json)
    printJson(context, {
      manifest: file,
      digest: loaded.digest,
      path: entry.path,
      base64: (await buffer(content)).toString('base64'),
    });
  else for await (const part of content) context.stdout.write(part);
}
