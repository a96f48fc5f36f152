/** Where blocks are kept by their ids. */
export interface BlockReader {
  /** How messages name it, without secrets. */
  readonly name: string;
  /** What is stored under an id of 64 hex digits; undefined when nothing is. Throws when it cannot be asked. */
  get(id: string): Promise<Uint8Array | undefined>;
  /** True when `get` would find something. Throws when it cannot be asked. */
  holds(id: string): Promise<boolean>;
}

/** One that takes blocks too. */
export interface BlockStore extends BlockReader {
  /** True when something, of that many bytes where given, is stored under the id. */
  has(id: string, size?: number): Promise<boolean>;
  /** Stores a block; whoever reads it finds it whole or not at all. */
  put(id: string, stored: Uint8Array): Promise<void>;
}

/** Objects of one block in the order in which they are asked: in folders by the first byte, or flat. */
export function objectNames(id: string): [sharded: string, flat: string] {
  return [`${id.slice(0, 2)}/${id}`, id];
}

/** Which of the names a store writes: rfs writes the first to folders, the second to S3. */
export type Layout = 'sharded' | 'flat' | 'both';

export function writtenNames(id: string, layout: Layout): string[] {
  const [sharded, flat] = objectNames(id);
  if (layout === 'both') return [sharded, flat];
  return [layout === 'sharded' ? sharded : flat];
}

/** One object of a store that is named as a block is; others are never looked at. */
export interface StoredObject {
  /** Where it lies in the store: `hh/ID` or `ID`. */
  name: string;
  id: string;
  modified: Date;
}

/** A store whose objects can be listed and removed. */
export interface SweepableStore {
  readonly name: string;
  /** Every block; throws when the list may not be whole. */
  list(): Promise<StoredObject[]>;
  remove(name: string): Promise<void>;
}

/** The id that an object's name tells; undefined for what is no block. */
export function idOfObject(name: string): string | undefined {
  const [, shard, id] = /^(?:([0-9a-f]{2})\/)?([0-9a-f]{64})$/.exec(name) ?? [];
  return id != null && (shard == null || id.startsWith(shard)) ? id : undefined;
}
