import type { Path } from '../problem/path.ts';
import { error } from '../problem/problem.ts';
import type { IgnitionConfig } from '../spec/config.ts';
import { bytesOfText } from '../text/scalar.ts';
import type { ButaneConfig, Contents, Quadlet } from './config.ts';
import { dataUrl } from './data-url.ts';
import { Nodes } from './nodes.ts';
import { type Translation, withFiles } from './translate.ts';

/** Writes quadlets where podman looks for them; an instance of a template is a link to it. */
export function addQuadlets(
  from: ButaneConfig,
  to: IgnitionConfig,
  translation: Translation,
): void {
  const quadlets = from.systemd?.quadlets ?? [];
  if (quadlets.length === 0) return;
  const nodes = new Nodes(to, translation.origins);
  for (const [index, quadlet] of quadlets.entries())
    addQuadlet(quadlet, { path: ['systemd', 'quadlets', index], nodes, translation });
}

interface Place {
  path: Path;
  nodes: Nodes;
  translation: Translation;
}

function addQuadlet(quadlet: Quadlet, place: Place): void {
  const { path: source, nodes, translation } = place;
  const { name = '', rootful } = quadlet;
  const path = `/etc/containers/systemd/${rootful ? '' : 'users/'}${name}`;
  if (nodes.has(path)) {
    translation.problems.push(error(source, `${path} is in the document already`));
    return;
  }
  const template = templateOf(name);
  const node = template
    ? nodes.add('links', { path, target: template }, source)
    : addFile({ contents: quadlet, path }, place);
  translation.origins.field(node, 'path', [...source, 'name']);
  for (const [index, dropin] of (quadlet.dropins ?? []).entries())
    addDropin(
      { contents: dropin, path: `${path}.d/${dropin.name ?? ''}` },
      { ...place, path: [...source, 'dropins', index] },
    );
}

function addDropin(part: { contents: Contents; path: string }, place: Place): void {
  const { nodes, translation, path: source } = place;
  if (nodes.has(part.path))
    translation.problems.push(error(source, `${part.path} is in the document already`));
  else addFile(part, place);
}

function addFile({ contents: given, path }: { contents: Contents; path: string }, place: Place) {
  const { path: source, nodes, translation } = place;
  const { contents, contents_local: local } = given;
  const from = [...source, contents ? 'contents' : 'contents_local'];
  const bytes = contents
    ? bytesOfText(contents)
    : local
      ? withFiles(translation, from, (files) => files.read(local))
      : Buffer.alloc(0);
  const { source: url, compression = '' } = dataUrl(bytes ?? Buffer.alloc(0));
  const made = { source: url, compression };
  const node = nodes.add('files', { path, contents: made, mode: 0o644 }, source);
  if (contents || local) translation.origins.field(made, 'source', from);
  return node;
}

/** `a@.container` for `a@1.container`; undefined for what is no instance. */
export function templateOf(name: string): string | undefined {
  const [at, dot] = [name.indexOf('@'), name.indexOf('.')];
  if (at < 0 || at + 1 === dot) return undefined;
  return `${name.slice(0, at)}@.${name.slice(dot + 1)}`;
}
