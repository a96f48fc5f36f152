/** A place in a file, counted from line 1, column 1. */
export interface Place {
  line: number;
  column: number;
}

/** The place of an offset of a text. */
export function placeIn(text: string, offset: number): Place {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Where a key of a stream stands (`image.enable[0]`, `modules.zfs`), or what is nearest to it. */
export type PlaceOf = (stream: string, key: string) => Place;

/** The path of a stream's key in a document with several streams (`many`), or with that one alone. */
export function streamPath(stream: string, key: string, many: boolean): string[] {
  const path = key.split(/[.[\]]+/).filter(Boolean);
  return many ? ['streams', stream, ...path] : path;
}

/** A path as people read it: `modules[0].name`. */
export function pathText(path: readonly PropertyKey[]): string {
  const parts = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`));
  return parts.join('').replace(/^\./, '');
}
