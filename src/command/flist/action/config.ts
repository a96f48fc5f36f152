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

export function addTags(options: ConfigOptions & { tag: string[] }): Promise<void> {
  return edit(options, options.tag, async (loaded, text) => {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key == null || value == null)
      throw new LockstepError('usage', `a tag is KEY=VALUE, not ${text}`);
    await editTag(loaded, key, value);
  });
}

export function deleteTags(options: ConfigOptions & { key: string[] }): Promise<void> {
  return edit(options, options.key, (loaded, key) => editTag(loaded, key, undefined));
}

export function addRoutes(options: ConfigOptions & { store: string[] }): Promise<void> {
  return edit(options, options.store, (loaded, text) => addRoute(loaded, parseRoute(text)));
}

export function deleteRoutes(options: ConfigOptions & { store: string[] }): Promise<void> {
  return edit(options, options.store, (loaded, text) => deleteRoute(loaded, parseRoute(text)));
}

async function edit(
  options: ConfigOptions,
  texts: readonly string[],
  edit: (loaded: LoadedManifest, text: string) => Promise<void>,
): Promise<void> {
  const context = contextOf(options);
  const path = fileOf(context, options.meta);
  for (const text of texts) {
    const loaded = await loadOrTell(context, path, options.json, loadSettings);
    if (!loaded) return;
    await edit(loaded, text);
  }
  if (options.json) printJson(context, { manifest: options.meta });
  const { findings } = await loadSettings(path);
  // A route may go before another comes: nothing has failed.
  tellFindings(
    context,
    findings.map((finding) => ({ ...finding, severity: 'warning' })),
  );
}
