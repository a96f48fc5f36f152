import { type Path, snake } from '../problem/path.ts';
import type { Fields, Value } from './type.ts';

/** Where the parts of a made document were written. */
interface Origin {
  /** Of the whole struct or list. */
  self?: Path;
  /** Everything in it that says nothing else comes from `self`. */
  common?: boolean;
  /** Of single fields or entries. */
  fields?: Map<string | number, Path>;
}

type Branch = Fields | Value[];

/** The source of a place on the way down: its path, and whether all below it comes from there. */
export interface Source {
  path: Path;
  common: boolean;
}

/**
 * Remembers where a document's parts come from. What is not remembered was translated one to one:
 * the path of its source is its own in Butane's names.
 */
export class Origins {
  readonly #known: WeakMap<object, Origin>;
  /** Where the root of the document was written. */
  readonly base: Path;

  constructor(base: Path = [], known = new WeakMap<object, Origin>()) {
    this.base = base;
    this.#known = known;
  }

  /** The same knowledge, for what was written below another place. */
  at(base: Path): Origins {
    return new Origins(base, this.#known);
  }

  /** Says that a branch, and what is in it unless it says otherwise, comes from a path. */
  whole(branch: object, self: Path): void {
    this.#set(branch, { self: [...this.base, ...self], common: true });
  }

  /** Says where a branch was written that was translated one to one. */
  moved(branch: object, source: Source): void {
    if (this.#known.get(branch)?.self) return;
    this.#set(branch, { self: source.path, common: source.common });
  }

  /** Says where one field of a branch was written. */
  field(branch: object, name: string | number, path: Path): void {
    this.fieldMoved(branch, name, [...this.base, ...path]);
  }

  /** Says where one field of a branch was written, by its whole path. */
  fieldMoved(branch: object, name: string | number, path: Path): void {
    const origin = this.#known.get(branch) ?? {};
    origin.fields ??= new Map();
    origin.fields.set(name, path);
    this.#known.set(branch, origin);
  }

  #set(branch: object, origin: Origin): void {
    this.#known.set(branch, { ...this.#known.get(branch), ...origin });
  }

  /** Where the branch itself was written, for going on below it. */
  enter(parent: Branch, source: Source, name: string | number): Source {
    const child = (parent as Fields)[name];
    const own = isBranch(child) ? this.#known.get(child) : undefined;
    if (own?.self) return { path: own.self, common: own.common ?? false };
    const field = this.#known.get(parent)?.fields?.get(name);
    if (field) return { path: field, common: false };
    return this.#below(source, name);
  }

  /**
   * Where a path of a document was written. For what is not there it is only guessed, from its own
   * path: nobody wrote it.
   */
  of(root: Fields, path: Path): Path {
    if (isAbsent(root, path)) return [...this.base, ...path.map(snakeStep)];
    let source: Source = { path: this.base, common: false };
    let at: Value | undefined = root;
    for (const [index, name] of path.entries()) {
      if (!isBranch(at)) {
        source = this.#below(source, name);
        continue;
      }
      const field = this.#known.get(at)?.fields?.get(name);
      const last = index === path.length - 1;
      source = last && field ? { path: field, common: true } : this.enter(at, source, name);
      at = (at as Fields)[name];
    }
    return source.path;
  }

  #below({ path, common }: Source, name: string | number): Source {
    if (common) return { path, common };
    return { path: [...path, snakeStep(name)], common };
  }
}

function snakeStep(step: string | number): string | number {
  return typeof step === 'string' ? snake(step) : step;
}

function isBranch(value: Value | undefined): value is Branch {
  return typeof value === 'object';
}

function isAbsent(root: Fields, path: Path): boolean {
  let at: Value | undefined = root;
  for (const name of path) at = isBranch(at) ? (at as Fields)[name] : undefined;
  return at == null || at === '';
}
