import { readFile } from 'node:fs/promises';
import { loadManifest } from '../../../flist/manifest/load.ts';
import { packFolder } from '../../../flist/pack/pack.ts';
import { confStores } from '../../../flist/store/conf-stores.ts';
import { requireRfsConf } from '../../../flist/store/rfs-conf.ts';
import type { Route } from '../../../flist/store/route.ts';
import type { Layout } from '../../../flist/store/store.ts';
import { summaryOf } from '../../../flist/summary.ts';
import { LockstepError } from '../../../system/error.ts';
import type { Context } from '../../context/context.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { summaryLines } from '../../render/flist.ts';
import { connectionOf, fileOf, routesOf, tellFindings } from '../shared/context.ts';

interface PackOptions extends CommonOptions {
  meta: string;
  store?: string[];
  conf?: string;
  stripPassword: boolean;
  layout?: Layout;
}

export async function pack(dir: string, options: PackOptions): Promise<void> {
  const context = contextOf(options);
  const path = fileOf(context, options.meta);
  const { stores, routes } = await placesOf(context, options);
  const what = { folder: fileOf(context, dir), manifest: path, stores };
  const { stored, reused, findings } = await packFolder(what, {
    ...connectionOf(context),
    ...(routes ? { routes } : {}),
    keepPasswords: !options.stripPassword,
    ...(options.layout ? { layout: options.layout } : {}),
  });
  const summary = summaryOf({ ...(await loadManifest(path)), path: options.meta, findings });
  if (options.json) return printJson(context, { ...summary, stored, reused });
  for (const line of summaryLines(summary)) context.stdout.write(`${line}\n`);
  context.stdout.write(`${stored} blocks stored, ${reused} were there\n`);
  tellFindings(context, findings);
}

/** Stores as they are given, or those of an rfs.conf with the routes for machines. */
async function placesOf(
  context: Context,
  { store, conf }: PackOptions,
): Promise<{ stores: Route[]; routes?: Route[] }> {
  if (store && conf == null) return { stores: routesOf(store) };
  if (conf == null || store)
    throw new LockstepError('usage', 'either --store or --conf says where blocks go');
  const text = await readFile(fileOf(context, conf), 'utf8').catch((cause: Error) => {
    throw new LockstepError('usage', `cannot read ${conf}: ${cause.message}`, { cause });
  });
  return confStores(requireRfsConf(text, { file: conf, env: context.env }));
}
