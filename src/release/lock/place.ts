import { LineCounter, parseDocument } from 'yaml';
import type { JsonPath } from './placeholder.ts';

/** Tells where in a text a path of its JSON document stands: `line:column`. */
export function placesIn(text: string): (path: JsonPath) => string {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  return (path) => {
    const { line, col } = lines.linePos(offsetOf(document, path));
    return `${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
}

/** Of the value at a path, or of the nearest thing around it that is there. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: JsonPath): number {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as { range?: number[] } | undefined;
    if (node?.range?.[0] != null) return node.range[0];
  }
  return 0;
}
