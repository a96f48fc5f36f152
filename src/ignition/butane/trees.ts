import { posix } from 'node:path';
import type { Path } from '../problem/path.ts';
import { error } from '../problem/problem.ts';
import type { Directory, File, IgnitionConfig, Link, Node } from '../spec/config.ts';
import { cleanPath } from '../spec/rules/path.ts';
import type { ButaneConfig, ButaneTree } from './config.ts';
import { dataUrl } from './data-url.ts';
import type { LocalFiles, TreeEntry } from './local-files.ts';
import { Nodes } from './nodes.ts';
import { type Translation, withFiles } from './translate.ts';

/** Lays folders of the files directory over the root. */
export function addTrees(from: ButaneConfig, to: IgnitionConfig, translation: Translation): void {
  const trees = from.storage?.trees ?? [];
  if (trees.length === 0) return;
  const nodes = new Nodes(to, translation.origins);
  for (const [index, tree] of trees.entries()) {
    const path = ['storage', 'trees', index];
    withFiles(translation, path, (files) => {
      const layer = new TreeLayer({ tree, path, nodes, files, translation });
      for (const entry of files.tree(tree.local ?? '')) layer.add(entry);
    });
    if (!translation.files) break;
  }
}

interface LayerParts {
  tree: ButaneTree;
  path: Path;
  nodes: Nodes;
  files: LocalFiles;
  translation: Translation;
}

class TreeLayer {
  readonly #parts: LayerParts;

  constructor(parts: LayerParts) {
    this.#parts = parts;
  }

  add(entry: TreeEntry): void {
    const { tree } = this.#parts;
    const path = destination(tree.path || '/', entry.path);
    if (entry.kind === 'directory') this.#directory(path);
    else if (entry.kind === 'file') this.#file(path, entry);
    else if (entry.kind === 'link') this.#link(path, entry);
    else this.#fail('trees hold files, directories and links, and nothing else');
  }

  #fail(message: string): void {
    this.#parts.translation.problems.push(error(this.#parts.path, message));
  }

  #taken(path: string): void {
    this.#fail(`${path} is in the document already, with contents or as something else`);
  }

  #node(path: string): Node {
    const { user, group } = this.#parts.tree;
    return { path, ...(user && { user }), ...(group && { group }) };
  }

  /** Directories are made by what is in them, unless something is said of them. */
  #directory(path: string): void {
    const { tree, nodes } = this.#parts;
    const said = tree.dir_mode != null || isOwned(tree);
    if (!said) return;
    if (nodes.has(path)) return this.#taken(path);
    const node: Directory = { ...this.#node(path), mode: tree.dir_mode ?? 0o755 };
    nodes.add('directories', node, this.#parts.path);
  }

  #file(path: string, entry: TreeEntry): void {
    const { tree, nodes, files, translation, path: source } = this.#parts;
    const known: File | undefined = nodes.get('files', path);
    if (known?.contents?.source || (!known && nodes.has(path))) return this.#taken(path);
    const node: File = known ?? nodes.add('files', this.#node(path), source);
    const local = posix.join(tree.local ?? '', entry.path);
    const bytes = withFiles(translation, source, () => files.read(local));
    if (!bytes) return;
    const { origins } = translation;
    const { source: url, compression } = dataUrl(bytes, node.contents?.compression);
    node.contents = { ...node.contents, source: url };
    origins.field(node.contents, 'source', source);
    if (compression != null) {
      node.contents.compression = compression;
      origins.field(node.contents, 'compression', source);
    }
    origins.field(node, 'contents', source);
    if (node.mode != null) return;
    node.mode = tree.file_mode ?? (entry.executable ? 0o755 : 0o644);
    origins.field(node, 'mode', source);
  }

  #link(path: string, entry: TreeEntry): void {
    const { tree, nodes, files, translation, path: source } = this.#parts;
    const known: Link | undefined = nodes.get('links', path);
    if (known?.target || (!known && nodes.has(path))) return this.#taken(path);
    const node: Link = known ?? nodes.add('links', this.#node(path), source);
    node.target = files.link(posix.join(tree.local ?? '', entry.path));
    translation.origins.field(node, 'target', source);
  }
}

function isOwned({ user = {}, group = {} }: ButaneTree): boolean {
  return [user.id, user.name, group.id, group.name].some((value) => value != null);
}

function destination(base: string, path: string): string {
  return cleanPath(path === '' ? base : `${base}/${path}`);
}
