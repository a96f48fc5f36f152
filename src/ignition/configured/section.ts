import type { Stream } from '../../config/schema.ts';
import { plainYaml } from '../../file/yaml/plain-yaml.ts';
import { type Entry, keyText, type SourceText, type Tree } from '../../file/yaml/tree.ts';

/** `ignition` of a stream. */
export type Settings = NonNullable<Stream['ignition']>;

/** What a first boot takes of the configuration of one stream. */
export interface Section {
  name: string;
  ignition?: Settings | undefined;
}

/**
 * What each stream of a configuration says of its first boot, where that is written plainly;
 * undefined where the reader of the whole configuration must tell: whatever is wrong, and what
 * needs a second look to be right. Other sections are not looked at.
 */
export function plainSections(source: SourceText): Section[] | undefined {
  const tree = plainYaml(source);
  const keys = tree && keysOf(tree);
  if (!keys || !isVersion(keys.get('version'))) return undefined;
  const streams = keys.get('streams');
  if (!streams) return all([keys], section);
  return streams.kind === 'list' ? all(streams.items.map(keysOf), section) : undefined;
}

function section(keys: Map<string, Tree> | undefined): Section | undefined {
  const name = keys && matching(keys.get('name'), /^[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/);
  const said = keys?.get('ignition');
  const ignition = said && settings(said);
  if (name == null || (said && !ignition)) return undefined;
  return { name, ignition };
}

type Reader<T> = (tree: Tree) => T | undefined;

const path: Reader<string> = (tree) => matching(tree, /^(?!.*\.\.)[\w][\w./-]*$/);
const place: Reader<string> = (tree) => matching(tree, /^(?:env:[A-Za-z_]\w*|[\w][\w./-]*)$/);

const READERS: { [K in keyof Settings]-?: Reader<NonNullable<Settings[K]>> } = {
  source: (tree) => (tree.kind === 'list' ? list(tree.items, path) : path(tree)),
  files: path,
  variables: (tree) => record(tree, (one) => text(one) ?? number(one) ?? bool(one)),
  secrets: (tree) => record(tree, place),
  strict: bool,
  limit: (tree) => {
    const word = text(tree);
    return word === 'aws' || word === 'openstack' || word === 'virtualbox'
      ? word
      : number(tree) || undefined;
  },
  url: (tree) => matching(tree, /^https?:\/\/[a-z\d-]+(?:\.[a-z\d-]+)+(?:\/[\w.-]+)+$/),
};

function settings(tree: Tree): Settings | undefined {
  const read: Record<string, unknown> = {};
  for (const [key, value] of keysOf(tree) ?? []) {
    const reader = Object.hasOwn(READERS, key) ? READERS[key as keyof Settings] : undefined;
    read[key] = reader?.(value);
    if (read[key] === undefined) return undefined;
  }
  return read['source'] ? (read as Settings) : undefined;
}

/** Keys of a map that are said once, and not by an alias or a merge. */
function keysOf(tree: Tree): Map<string, Tree> | undefined {
  if (tree.kind !== 'map' || tree.tag != null) return undefined;
  const keys = new Map(tree.entries.map((entry) => [plainKey(entry) ?? '', entry.value]));
  return keys.size === tree.entries.length && !keys.has('') ? keys : undefined;
}

function plainKey(entry: Entry): string | undefined {
  const name = keyText(entry) ?? '';
  return entry.key.tag == null && /^[a-z_][\w.-]*$/i.test(name) && !isWord(name) ? name : undefined;
}

/** What YAML takes for something else than text. */
function isWord(text: string): boolean {
  return /^(?:null|true|false)$/i.test(text);
}

function text(tree: Tree | undefined): string | undefined {
  if (tree?.kind !== 'scalar' || tree.tag != null) return undefined;
  if (!tree.plain) return tree.text;
  return /^[A-Za-z_/]/.test(tree.text) && !isWord(tree.text) ? tree.text : undefined;
}

function matching(tree: Tree | undefined, pattern: RegExp): string | undefined {
  const found = text(tree);
  return found != null && pattern.test(found) ? found : undefined;
}

function number(tree: Tree): number | undefined {
  const isPlain = tree.kind === 'scalar' && tree.plain && tree.tag == null;
  return isPlain && /^(?:0|[1-9]\d{0,14})$/.test(tree.text) ? Number(tree.text) : undefined;
}

function bool(tree: Tree): boolean | undefined {
  if (tree.kind !== 'scalar' || !tree.plain || tree.tag != null) return undefined;
  return tree.text === 'true' ? true : tree.text === 'false' ? false : undefined;
}

function isVersion(tree: Tree | undefined): boolean {
  return tree != null && number(tree) === 1;
}

function record<T>(tree: Tree, reader: Reader<T>): Record<string, T> | undefined {
  const keys = keysOf(tree);
  const values = keys && list([...keys.values()], reader);
  const names = [...(keys?.keys() ?? [])];
  return values && Object.fromEntries(names.map((name, at) => [name, values[at] as T]));
}

function list<T>(trees: readonly Tree[], reader: Reader<T>): T[] | undefined {
  return trees.length > 0 ? all(trees, reader) : undefined;
}

/** What all of them say; undefined when one says nothing. */
function all<S, T>(sources: readonly S[], read: (one: S) => T | undefined): T[] | undefined {
  const found = sources.map(read);
  return found.every((one) => one !== undefined) ? found : undefined;
}
