import { patchStores as writePatched } from '../../../flist/edit.ts';
import { loadSettings } from '../../../flist/manifest/load.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { fileOf, routesOf } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

export async function patchStores(
  file: string,
  stores: readonly string[],
  options: CommonOptions & { output: string },
): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json, loadSettings);
  if (!loaded) return;
  await writePatched(loaded, routesOf(stores), fileOf(context, options.output));
  if (options.json) printJson(context, { manifest: options.output });
}
