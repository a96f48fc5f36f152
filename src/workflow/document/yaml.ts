import { Document, type Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { type Data, Noted } from './data.ts';

/** The text of a YAML document: keys as they come, nothing folded, keys without a value left out. */
export function yamlText(data: Data): string {
  const document = new Document(null, { aliasDuplicateObjects: false });
  document.contents = nodeOf(data, document) as Document['contents'];
  return document.toString({ lineWidth: 0, nullStr: '' });
}

function nodeOf(data: Data, document: Document): Node {
  if (data instanceof Noted) {
    const node = nodeOf(data.value, document);
    if (node instanceof Scalar) node.comment = ` ${data.remark}`;
    return node;
  }
  if (Array.isArray(data)) {
    const list = new YAMLSeq(document.schema);
    list.items = data.map((item: Data) => nodeOf(item, document));
    return list;
  }
  if (data == null || typeof data !== 'object') return document.createNode(data);
  const map = new YAMLMap(document.schema);
  map.items = Object.entries(data)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => new Pair(keyOf(key, value, document), nodeOf(value, document)));
  return map;
}

function keyOf(key: string, value: Data, document: Document): Node {
  const node = document.createNode(key) as Scalar;
  if (value instanceof Noted && typeof value.value === 'object' && value.value != null)
    node.commentBefore = ` ${value.remark}`;
  return node;
}
