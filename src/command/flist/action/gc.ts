import { planGc, sweep } from '../../../flist/gc.ts';
import type { LoadedManifest } from '../../../flist/manifest/load.ts';
import { openSweepable } from '../../../flist/store/sweep.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { connectionOf } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

interface GcOptions extends CommonOptions {
  keep: string[];
  yes?: true;
}

export async function gc(url: string, options: GcOptions): Promise<void> {
  const context = contextOf(options);
  const manifests: LoadedManifest[] = [];
  for (const file of options.keep) {
    const loaded = await loadOrTell(context, file, options.json);
    if (!loaded) return;
    manifests.push(loaded);
  }
  const store = openSweepable(url, connectionOf(context));
  const plan = planGc(await store.list(), manifests, context.now());
  if (options.yes) await sweep(store, plan);
  if (options.json) return printJson(context, plan);
  for (const name of plan.remove) context.stdout.write(`${name}\n`);
  const what = options.yes ? 'were removed' : 'may go; --yes removes them';
  context.stdout.write(`${plan.keep} blocks stay, ${plan.remove.length} ${what}\n`);
}
