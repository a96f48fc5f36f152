import { addRoute, deleteRoute, editTag } from '../../../flist/edit.ts';
import { type LoadedManifest, loadSettings } from '../../../flist/manifest/load.ts';
import { shownRoute } from '../../../flist/store/address.ts';
import { formatRoute, parseRoute } from '../../../flist/store/route.ts';
import { LockstepError } from '../../../system/error.ts';
import { type CommonOptions, contextOf, printJson } from '../../options/project.ts';
import { fileOf, tellFindings } from '../shared/context.ts';
import { loadOrTell } from '../shared/load.ts';

interface ConfigOptions extends CommonOptions {
  meta: string;
}

export async function listTags(options: ConfigOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, options.meta, options.json, loadSettings);
  if (!loaded) return;
  const { tags } = loaded.manifest;
  if (options.json) return printJson(context, { tags });
  for (const [key, value] of Object.entries(tags)) context.stdout.write(`${key}=${value}\n`);
}

export async function listRoutes(options: ConfigOptions): Promise<void> {
  const context = contextOf(options);
  const loaded = await loadOrTell(context, options.meta, options.json, loadSettings);
  if (!loaded) return;
  const routes = loaded.manifest.routes.map((route) => formatRoute(shownRoute(route)));
  if (options.json) return printJson(context, { routes });
  for (const route of routes) context.stdout.write(`${route}\n`);
}

export async function addTags(options: ConfigOptions & { tag: string[] }): Promise<void> {
  const tags = options.tag.map(tagOf);
  await edit(
    options,
    () => tags,
    (loaded, [key, value]) => editTag(loaded, key, value),
  );
}

function tagOf(text: string): [key: string, value: string] {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key == null || value == null)
    throw new LockstepError('usage', `a tag is KEY=VALUE, not ${text}`);
  return [key, value];
}

interface DeleteOptions extends ConfigOptions {
  all?: true | undefined;
}

export async function deleteTags(options: DeleteOptions & { key?: string[] }): Promise<void> {
  const keys = wanted(options, options.key, '-k KEY');
  await edit(
    options,
    ({ manifest }) => keys ?? Object.keys(manifest.tags),
    (loaded, key) => editTag(loaded, key, undefined),
  );
}

export async function addRoutes(options: ConfigOptions & { store: string[] }): Promise<void> {
  const routes = options.store.map(parseRoute);
  await edit(options, () => routes, addRoute);
}

export async function deleteRoutes(options: DeleteOptions & { store?: string[] }): Promise<void> {
  const routes = wanted(options, options.store, '-s URL')?.map(parseRoute);
  await edit(options, ({ manifest }) => routes ?? manifest.routes, deleteRoute);
}

/** What is named; undefined for all. Throws `usage` when neither is said, or both are. */
function wanted(
  { all }: DeleteOptions,
  named: string[] | undefined,
  how: string,
): string[] | undefined {
  if ((all == null) === (named == null))
    throw new LockstepError('usage', `name what to delete: ${how} or --all`);
  return named;
}

/** Makes one change after the other; all of them have been understood before the first. */
async function edit<T>(
  options: ConfigOptions,
  changesTo: (loaded: LoadedManifest) => readonly T[],
  edit: (loaded: LoadedManifest, change: T) => Promise<void>,
): Promise<void> {
  const context = contextOf(options);
  const path = fileOf(context, options.meta);
  const load = () => loadOrTell(context, path, options.json, loadSettings);
  let loaded = await load();
  for (const change of loaded ? changesTo(loaded) : []) {
    if (loaded) await edit(loaded, change);
    loaded = await load();
  }
  if (!loaded) return;
  if (options.json) printJson(context, { manifest: options.meta });
  // A route may go before another comes: nothing has failed.
  tellFindings(
    context,
    loaded.findings.map((finding) => ({ ...finding, severity: 'warning' })),
  );
}
