import type { Path } from '../problem/path.ts';
import type { Origins } from '../schema/origin.ts';
import type { IgnitionConfig, Node, Storage } from '../spec/config.ts';

type List = 'directories' | 'files' | 'links';

/** Files, directories and links of a document by path, to which trees and quadlets add. */
export class Nodes {
  readonly #storage: Storage;
  readonly #origins: Origins;
  readonly #known: Record<List, Map<string, Node>>;

  constructor(config: IgnitionConfig, origins: Origins) {
    this.#storage = config.storage ??= {};
    this.#origins = origins;
    const byPath = (nodes: Node[] = []) => new Map(nodes.map((node) => [node.path ?? '', node]));
    this.#known = {
      directories: byPath(this.#storage.directories),
      files: byPath(this.#storage.files),
      links: byPath(this.#storage.links),
    };
  }

  get(list: List, path: string): Node | undefined {
    return this.#known[list].get(path);
  }

  has(path: string): boolean {
    return Object.values(this.#known).some((nodes) => nodes.has(path));
  }

  /** Adds a node, all of which comes from one place of the document. */
  add<T extends Node>(list: List, node: T, source: Path): T {
    const nodes: Node[] = this.#storage[list] ?? [];
    if (nodes.length === 0) {
      this.#storage[list] = nodes;
      this.#origins.whole(nodes, source);
    }
    nodes.push(node);
    this.#known[list].set(node.path ?? '', node);
    this.#origins.whole(node, source);
    return node;
  }
}
