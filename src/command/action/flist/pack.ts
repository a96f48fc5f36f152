import { loadManifest } from '../../../flist/manifest/load.ts';
import { packFolder } from '../../../flist/pack/pack.ts';
import type { Layout } from '../../../flist/store/store.ts';
import { summaryOf } from '../../../flist/summary.ts';
import { type CommonOptions, contextOf, printJson } from '../../options.ts';
import { summaryLines } from '../../render/flist.ts';
import { connectionOf, fileOf, routesOf, tellFindings } from './context.ts';

interface PackOptions extends CommonOptions {
  meta: string;
  store: string[];
  stripPassword: boolean;
  layout?: Layout;
}

export async function pack(dir: string, options: PackOptions): Promise<void> {
  const context = contextOf(options);
  const path = fileOf(context, options.meta);
  const what = { folder: fileOf(context, dir), manifest: path, stores: routesOf(options.store) };
  const { stored, reused, findings } = await packFolder(what, {
    ...connectionOf(context),
    keepPasswords: !options.stripPassword,
    ...(options.layout ? { layout: options.layout } : {}),
  });
  const summary = summaryOf({ ...(await loadManifest(path)), path: options.meta, findings });
  if (options.json) return printJson(context, { ...summary, stored, reused });
  for (const line of summaryLines(summary)) context.stdout.write(`${line}\n`);
  context.stdout.write(`${stored} blocks stored, ${reused} were there\n`);
  tellFindings(context, findings);
}
