import type { Stream } from '../../config/schema.ts';
import { plainValue } from '../../file/yaml/plain-value.ts';
import { plainYaml } from '../../file/yaml/plain-yaml.ts';
import { keyText, type SourceText, type Tree } from '../../file/yaml/tree.ts';

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
  if (!keys || said(keys, 'version') !== 1) return undefined;
  const streams = keys.get('streams');
  if (!streams) return all([keys], section);
  return streams.kind === 'list' ? all(streams.items.map(keysOf), section) : undefined;
}

function section(keys: Map<string, Tree> | undefined): Section | undefined {
  const name =
    keys && matching(said(keys, 'name'), /^(?=.{1,100}$)[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*$/);
  const ignition = keys?.has('ignition') ? settings(said(keys, 'ignition')) : undefined;
  if (name == null || (keys?.has('ignition') && !ignition)) return undefined;
  return { name, ignition };
}

/** What stands behind a key, where that is plain. */
function said(keys: Map<string, Tree>, key: string): unknown {
  const tree = keys.get(key);
  return tree && plainValue(tree)?.value;
}

type Reader<T> = (value: unknown) => T | undefined;

const path: Reader<string> = (value) => matching(value, /^(?!.*\.\.)[\w][\w./-]*$/);
const place: Reader<string> = (value) => matching(value, /^(?:env:[A-Za-z_]\w*|[\w][\w./-]*)$/);
const LIMITS = ['aws', 'openstack', 'virtualbox'] as const;

const READERS: { [K in keyof Settings]-?: Reader<NonNullable<Settings[K]>> } = {
  source: (value) => (Array.isArray(value) ? list(value, path) : path(value)),
  files: path,
  variables: (value) =>
    record(value, (one) =>
      typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean'
        ? one
        : undefined,
    ),
  secrets: (value) => record(value, place),
  strict: (value) => (typeof value === 'boolean' ? value : undefined),
  limit: (value) =>
    typeof value === 'number' && value > 0 ? value : LIMITS.find((limit) => limit === value),
  url: (value) => {
    const url = matching(value, /^https?:\/\/[a-z\d-]+(?:\.[a-z\d-]+)+(?:\/[\w.-]+)+$/);
    return url && URL.canParse(url) ? url : undefined;
  },
};

function settings(value: unknown): Settings | undefined {
  if (!isRecord(value)) return undefined;
  const read: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const reader = Object.hasOwn(READERS, key) ? READERS[key as keyof Settings] : undefined;
    read[key] = reader?.(one);
    if (read[key] === undefined) return undefined;
  }
  return read['source'] ? (read as Settings) : undefined;
}

/** Keys of a map that are said once, and not by an alias or a merge. */
function keysOf(tree: Tree): Map<string, Tree> | undefined {
  if (tree.kind !== 'map' || tree.tag != null) return undefined;
  const keys = new Map(tree.entries.map((entry) => [keyText(entry) ?? '', entry.value]));
  return keys.size === tree.entries.length && !keys.has('') ? keys : undefined;
}

function matching(value: unknown, pattern: RegExp): string | undefined {
  return typeof value === 'string' && pattern.test(value) ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value != null && typeof value === 'object' && !Array.isArray(value);
}

function record<T>(value: unknown, reader: Reader<T>): Record<string, T> | undefined {
  const entries = isRecord(value) ? Object.entries(value) : undefined;
  const named = entries?.every(([name]) => /^(?!__proto__$)[a-z_][\w.-]*$/i.test(name))
    ? entries
    : undefined;
  const values =
    named &&
    list(
      named.map(([, one]) => one),
      reader,
    );
  return values && Object.fromEntries(named.map(([name], at) => [name, values[at] as T]));
}

function list<T>(values: readonly unknown[], reader: Reader<T>): T[] | undefined {
  return values.length > 0 ? all(values, reader) : undefined;
}

/** What all of them say; undefined when one says nothing. */
function all<S, T>(sources: readonly S[], read: (one: S) => T | undefined): T[] | undefined {
  const found = sources.map(read);
  return found.every((one) => one !== undefined) ? found : undefined;
}
