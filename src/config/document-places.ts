import {
  type Alias,
  type Document,
  isMap,
  isScalar,
  isSeq,
  type LineCounter,
  type Node,
  type Pair,
  visit,
  type YAMLMap,
  type YAMLSeq,
} from 'yaml';
import type { Place } from './place.ts';

/** Finds where things stand in a document, however many are asked for. */
export interface DocumentPlaces {
  /** Of the value at a path, or of the nearest thing around it that is there. */
  ofValue(path: readonly PropertyKey[]): Place;
  /** Of a key of the map at a path. */
  ofKey(path: readonly PropertyKey[], key: string): Place;
  /** Of every key that its map has already. */
  ofRepeatedKeys(): Place[];
  /** Of the first alias that names no anchor; else of the first alias. */
  ofWrongAlias(): Place;
}

export function placesIn(document: Document, lines: LineCounter): DocumentPlaces {
  const maps = new Map<YAMLMap, Map<string, Pair>>();
  const pairsOf = (map: YAMLMap) => {
    const known = maps.get(map) ?? new Map(map.items.map((pair) => [keyName(pair.key), pair]));
    maps.set(map, known);
    return known;
  };
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const nodesOn = (path: readonly PropertyKey[]): unknown[] => {
    const nodes: unknown[] = [document.contents];
    for (const key of path) {
      const inside = nodes.at(-1);
      if (isMap(inside)) nodes.push(pairsOf(inside).get(String(key))?.value);
      else if (isSeq(inside)) nodes.push(itemOf(inside, key));
      else break;
    }
    return nodes;
  };
  const ofValue = (path: readonly PropertyKey[]) =>
    at(
      nodesOn(path)
        .map(startOf)
        .findLast((start) => start != null) ?? 0,
    );
  return {
    ofValue,
    ofKey: (path, key) => {
      const nodes = nodesOn(path);
      const map = nodes.length > path.length ? nodes.at(-1) : undefined;
      const start = isMap(map) ? startOf(pairsOf(map).get(key)?.key) : undefined;
      return start == null ? ofValue(path) : at(start);
    },
    ofRepeatedKeys: () => repeatedKeys(document).map(at),
    ofWrongAlias: () => at(wrongAlias(document)),
  };
}

/** Items of lists are named by their index, or by the name that they have. */
function itemOf({ items }: YAMLSeq, key: PropertyKey): unknown {
  const isNamed = (item: unknown) => isMap(item) && item.get('name') === key;
  return /^\d+$/.test(String(key)) ? items[Number(key)] : items.find(isNamed);
}

/** The library looks every key up in a list of those before it: too slow for many (yaml 2.9). */
function repeatedKeys(document: Document): number[] {
  const offsets: number[] = [];
  visit(document, {
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const { key } of map.items) {
        const name = keyName(key);
        if (seen.has(name)) offsets.push(startOf(key) ?? 0);
        seen.add(name);
      }
    },
  });
  return offsets;
}

function wrongAlias(document: Document): number {
  const aliases: Alias[] = [];
  visit(document, { Alias: (_, alias) => void aliases.push(alias) });
  const wrong = aliases.find((alias) => !alias.resolve(document)) ?? aliases[0];
  return wrong?.range?.[0] ?? 0;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function keyName(key: unknown): string {
  return isScalar(key) ? String(key.value) : String(key);
}
