/** What a text says, with the offset in it where each part starts. */
export type Tree = MapTree | ListTree | ScalarTree | AliasTree;

/** A text that was read, and the name of its file, for findings. */
export interface SourceText {
  file: string;
  text: string;
}

interface Part {
  /** The text that it stands in. */
  source: SourceText;
  /** Offset in the text, in UTF-16 units. */
  start: number;
  /** Offset just behind it. */
  end: number;
  /** Tag as it was written, resolved: `!var`, `tag:yaml.org,2002:int`. */
  tag?: string | undefined;
}

export interface Entry {
  key: Tree;
  value: Tree;
}

export interface MapTree extends Part {
  kind: 'map';
  entries: Entry[];
}

export interface ListTree extends Part {
  kind: 'list';
  items: Tree[];
}

export interface ScalarTree extends Part {
  kind: 'scalar';
  text: string;
  /** Quoted and block scalars are text whatever they look like. */
  plain: boolean;
  /** Who gave the text, when it was not written here. */
  from?: string;
}

export interface AliasTree extends Part {
  kind: 'alias';
  target: Tree;
}

/** The text of a key; undefined when it is none. */
export function keyText(entry: Entry): string | undefined {
  return entry.key.kind === 'scalar' ? entry.key.text : undefined;
}

/** The entry of a key; the last one when it is there more than once. */
export function entryOf(tree: Tree, key: string | number): Entry | undefined {
  if (tree.kind !== 'map') return undefined;
  return tree.entries.findLast((entry) => keyText(entry) === String(key));
}

/** Behind an alias, what it stands for. */
export function target(tree: Tree): Exclude<Tree, AliasTree> {
  let found = tree;
  while (found.kind === 'alias') found = found.target;
  return found;
}

/**
 * The part at a path, or the nearest around it that is there. An alias is a place of its own: what
 * is behind it was written for somewhere else.
 */
export function nearest(tree: Tree, path: readonly (string | number)[]): Tree {
  let found = tree;
  for (const step of path) {
    const next = found.kind === 'list' ? itemOf(found, step) : entryOf(found, step)?.value;
    if (!next) break;
    found = next;
  }
  return found;
}

/** Items of lists are named by their index, or by the name that they have. */
function itemOf({ items }: ListTree, step: string | number): Tree | undefined {
  if (/^\d+$/.test(String(step))) return items[Number(step)];
  return items.find((item) => {
    const name = entryOf(item, 'name')?.value;
    return name?.kind === 'scalar' && name.text === step;
  });
}

/** A text that is no YAML: what is wrong, and where. */
export interface SyntaxFault {
  offset: number;
  message: string;
}

export type Parsed = { tree: Tree | undefined; fault?: undefined } | { fault: SyntaxFault };

/** A scalar without text, where something could stand. */
export function nothing(source: SourceText, at: number): Tree {
  return { kind: 'scalar', source, start: at, end: at, text: '', plain: true };
}
