import { cloneFlist } from '../../../flist/clone.ts';
import { ManifestRefused } from '../../../flist/manifest/load.ts';
import type { Layout } from '../../../flist/store/store.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { connectionOf, fileOf, routesOf } from '../shared/context.ts';
import { loadOrTell, tellRefused } from '../shared/load.ts';

interface CloneOptions extends CommonOptions {
  meta: string;
  store: string[];
  output: string;
  stripPassword: boolean;
  layout?: Layout;
}

export async function clone(options: CloneOptions): Promise<void> {
  const context = contextOf(options);
  const { meta: file, json } = options;
  const loaded = await loadOrTell(context, file, json);
  if (!loaded) return;
  try {
    const where = { stores: routesOf(options.store), output: fileOf(context, options.output) };
    const counts = await cloneFlist(loaded, where, {
      ...connectionOf(context),
      keepPasswords: !options.stripPassword,
      ...(options.layout ? { layout: options.layout } : {}),
    });
    if (json) printJson(context, { manifest: options.output, ...counts });
    else context.stdout.write(`${counts.stored} blocks copied, ${counts.reused} were there\n`);
  } catch (error) {
    if (!(error instanceof ManifestRefused)) throw error;
    tellRefused(context, { error, file, json });
  }
}
