import { loadManifest } from '../../../flist/manifest/load.ts';
import { packImageFolder } from '../../../flist/pack/image.ts';
import type { Layout } from '../../../flist/store/store.ts';
import { summaryOf } from '../../../flist/summary.ts';
import { openImageTree } from '../../../oci/tree/tree.ts';
import { openImageOf, treeOptionsOf } from '../../options/open-image.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { summaryLines } from '../../render/flist.ts';
import { connectionOf, fileOf, routesOf, tellFindings } from '../shared/context.ts';

interface FromImageOptions extends CommonOptions {
  path: string;
  meta: string;
  store: string[];
  platform: string;
  plainHttp?: true;
  stripPassword: boolean;
  layout?: Layout;
}

export async function fromImage(image: string, options: FromImageOptions): Promise<void> {
  const context = contextOf(options);
  const { reader, version } = openImageOf(image, context, options);
  const tree = await openImageTree(reader, version, { ...treeOptionsOf(options), contents: 'tar' });
  const file = fileOf(context, options.meta);
  const stores = routesOf(options.store);
  const { stored, reused, findings } = await packImageFolder(
    { tree, path: options.path, manifest: file, stores },
    {
      ...connectionOf(context),
      keepPasswords: !options.stripPassword,
      ...(options.layout ? { layout: options.layout } : {}),
    },
  );
  const summary = summaryOf({ ...(await loadManifest(file)), path: options.meta, findings });
  if (options.json) return printJson(context, { ...summary, stored, reused });
  for (const line of summaryLines(summary)) context.stdout.write(`${line}\n`);
  context.stdout.write(`${stored} blocks stored, ${reused} were there\n`);
  tellFindings(context, findings);
}
