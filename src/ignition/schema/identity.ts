import type { Fields, Struct, Value } from './type.ts';

/** What makes two entries of a list the same thing to Ignition. */
const KEYS: Record<string, string | ((value: Fields) => string)> = {
  Directory: 'path',
  Disk: 'device',
  Dropin: 'name',
  File: 'path',
  Filesystem: 'device',
  HTTPHeader: 'name',
  Link: 'path',
  Luks: 'name',
  PasswdGroup: 'name',
  PasswdUser: 'name',
  Raid: 'name',
  Resource: 'source',
  CaReference: 'source',
  ConfigReference: 'source',
  Tang: 'url',
  Unit: 'name',
  Partition: ({ number, label }) =>
    number ? `number:${text(number)}` : label == null ? '' : `label:${text(label)}`,
};

/** Lists whose entries are one set: a path is a file, a directory or a link, and only once. */
const SETS: Record<string, Record<string, string>> = {
  Storage: { directories: 'node', files: 'node', links: 'node' },
  KernelArguments: { shouldExist: 'argument', shouldNotExist: 'argument' },
};

/** The key of an entry of a list; entries with the same are the same thing. */
export function keyOf(item: Value, type: { kind: string; name?: string }): string {
  if (typeof item !== 'object' || Array.isArray(item)) return text(item);
  const key = KEYS[type.name ?? ''];
  if (typeof key === 'function') return key(item);
  return key == null ? '' : text(item[key]);
}

/** The set that a list of a struct belongs to. */
export function setOf(struct: Struct, field: string): string {
  return SETS[struct.name]?.[field] ?? field;
}

function text(value: Value | undefined): string {
  return value == null || typeof value === 'object' ? '' : String(value);
}
