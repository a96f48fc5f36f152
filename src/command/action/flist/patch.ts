import { patchStores } from '../../../flist/edit.ts';
import { type CommonOptions, contextOf, printJson } from '../../options.ts';
import { fileOf, routesOf } from './context.ts';
import { loadOrTell } from './load.ts';

export async function patch(
  file: string,
  stores: readonly string[],
  options: CommonOptions & { output: string },
): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, file, options.json);
  if (!loaded) return;
  await patchStores(loaded, routesOf(stores), fileOf(context, options.output));
  if (options.json) printJson(context, { manifest: options.output });
}
