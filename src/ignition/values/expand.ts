import {
  type Entry,
  keyText,
  type ScalarTree,
  type SourceText,
  type Tree,
} from '../../file/yaml/tree.ts';
import type { Path } from '../problem/path.ts';
import { error } from '../problem/problem.ts';
import { type DecodeProblem, isMerge } from '../schema/decode.ts';
import { parseYaml } from '../text/yaml.ts';

/** The value of a variable, and who says it. */
export interface VariableValue {
  text: string;
  /** Where it comes from, for findings: `lockstep.yaml`, `--set`. */
  from: string;
}

/** What the tags of a document may ask for. Each says why not by throwing {@link ExpandError}. */
export interface ExpandContext {
  variable: (name: string) => Promise<VariableValue>;
  secret: (name: string) => VariableValue;
  /** The text of a part, by its path from the part that includes it. */
  include: (path: string, from: SourceText) => SourceText;
  /** Every file that was looked for, absolute: what to watch. */
  used: ReadonlySet<string>;
}

/** Why a tag cannot be replaced. */
export class ExpandError extends Error {}

/** Parts that parts include, in a row. */
const INCLUDES = 16;
/** Parts that are included in all, and their length (UTF-16 units): each may include several. */
const INCLUDED = { files: 1000, length: 32 << 20 };

export interface Expanded {
  tree: Tree;
  problems: DecodeProblem[];
  /** Every secret that went in. */
  secrets: Set<string>;
}

/**
 * Replaces `!var`, `!format`, `!secret` and `!include` in a tree. A value becomes one scalar and
 * never YAML: whatever it holds, the document's structure is what its author wrote.
 */
export async function expandTree(tree: Tree, context: ExpandContext): Promise<Expanded> {
  if (!hasTags(tree.source)) return { tree, problems: [], secrets: new Set() };
  const expander = new Expander(context);
  const expanded = await expander.part(tree, []);
  return { tree: expanded, problems: expander.problems, secrets: expander.secrets };
}

/** True for a text that may ask for values. */
export function hasTags({ text }: SourceText): boolean {
  return /!(?:var|format|secret|include)\b/.test(text);
}

class Expander {
  readonly problems: DecodeProblem[] = [];
  readonly secrets = new Set<string>();
  readonly #context: ExpandContext;
  readonly #including: string[] = [];
  #files = 0;
  #length = 0;
  readonly #done = new Map<Tree, Tree>();

  constructor(context: ExpandContext) {
    this.#context = context;
  }

  /** A part with its values, and where it stands. What is behind several aliases is made once. */
  async part(tree: Tree, path: Path): Promise<Tree> {
    const known = this.#done.get(tree);
    if (known) return known;
    const made = await this.#made(tree, path);
    this.#done.set(tree, made);
    return made;
  }

  async #made(tree: Tree, path: Path): Promise<Tree> {
    if (tree.kind === 'alias') return { ...tree, target: await this.part(tree.target, path) };
    if (tree.kind === 'list') {
      const items: Tree[] = [];
      for (const [index, item] of tree.items.entries())
        items.push(await this.part(item, [...path, index]));
      return { ...tree, items };
    }
    if (tree.kind === 'map') {
      const entries: Entry[] = [];
      for (const entry of tree.entries)
        entries.push({ ...entry, value: await this.part(entry.value, pathOf(entry, path)) });
      return { ...tree, entries };
    }
    try {
      return await this.#scalar(tree, path);
    } catch (failure) {
      if (!(failure instanceof ExpandError)) throw failure;
      this.problems.push({ ...error(path, failure.message), tree });
      return { ...tree, tag: undefined, plain: false };
    }
  }

  async #scalar(tree: ScalarTree, path: Path): Promise<Tree> {
    if (tree.tag === '!var') return value(tree, await this.#context.variable(tree.text));
    if (tree.tag === '!secret') return value(tree, this.#secret(tree.text));
    if (tree.tag === '!format') return value(tree, await this.#format(tree.text));
    if (tree.tag === '!include') return this.#include(tree, path);
    return tree;
  }

  #secret(name: string): VariableValue {
    const found = this.#context.secret(name);
    this.secrets.add(found.text);
    return found;
  }

  /** `{name}` stands for a variable, `{secret:name}` for a secret; `{{` and `}}` for braces. */
  async #format(text: string): Promise<VariableValue> {
    const from = new Set<string>();
    let filled = '';
    for (const part of text.split(/(\{\{|\}\}|\{[^{}]*\}|[{}])/)) {
      if (part === '{' || part === '}')
        throw new ExpandError(`a brace is alone; write ${part}${part} for it`);
      if (part === '{{' || part === '}}') filled += part.charAt(0);
      else if (part.startsWith('{')) {
        const used = await this.#named(part.slice(1, -1));
        from.add(used.from);
        filled += used.text;
      } else filled += part;
    }
    return { text: filled, from: [...from].join(', ') };
  }

  async #named(name: string): Promise<VariableValue> {
    return name.startsWith('secret:')
      ? this.#secret(name.slice('secret:'.length))
      : this.#context.variable(name);
  }

  async #include(tree: ScalarTree, path: Path): Promise<Tree> {
    const source = this.#context.include(tree.text, tree.source);
    if (this.#including.includes(source.file))
      throw new ExpandError(`${source.file} includes itself`);
    if (this.#including.length >= INCLUDES)
      throw new ExpandError(`parts include parts more than ${INCLUDES} deep`);
    this.#length += source.text.length;
    if (++this.#files > INCLUDED.files || this.#length > INCLUDED.length)
      throw new ExpandError(
        `parts include more than ${INCLUDED.files} files or ${INCLUDED.length} bytes in all`,
      );
    const parsed = await parseYaml(source);
    if (parsed.fault) {
      const at: Tree = { ...tree, source, start: parsed.fault.offset, end: parsed.fault.offset };
      this.problems.push({ ...error(path, parsed.fault.message), tree: at });
    }
    if (parsed.fault || !parsed.tree) return { ...tree, tag: undefined, text: '', plain: true };
    this.#including.push(source.file);
    const made = await this.part(parsed.tree, path);
    this.#including.pop();
    return made;
  }
}

function pathOf(entry: Entry, path: Path): Path {
  const key = keyText(entry);
  return key == null || isMerge(entry) ? path : [...path, key];
}

/** One scalar with a value. Numbers and booleans may stand for such, nothing else but for text. */
function value(tree: ScalarTree, { text, from }: VariableValue): ScalarTree {
  const plain = /^(?:-?(?:0|[1-9]\d*)|true|false)$/.test(text);
  return { ...tree, tag: undefined, text, plain, from };
}
