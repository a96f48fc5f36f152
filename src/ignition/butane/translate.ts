import { type Path, snake } from '../problem/path.ts';
import type { Problem } from '../problem/problem.ts';
import { error } from '../problem/problem.ts';
import { merge } from '../schema/merge.ts';
import type { Origins } from '../schema/origin.ts';
import type { Fields, Struct, Type, Value } from '../schema/type.ts';
import { LocalFileError, type LocalFiles } from './local-files.ts';

/** What the translation of one document works with. */
export interface Translation {
  /** The structs of Ignition that it makes. */
  struct: Struct;
  origins: Origins;
  files: LocalFiles | undefined;
  /** What goes wrong on the way, at paths of Butane. */
  problems: Problem[];
}

/** Does what one to one translation cannot for a struct; by the struct's name. */
export type Hook = (from: Fields, to: Fields, at: { path: Path; translation: Translation }) => void;

/** Translates every field that Ignition has too, and lets hooks do the rest of a struct. */
export function translateFields(
  from: Fields,
  hooks: Readonly<Record<string, Hook>>,
  translation: Translation,
): Fields {
  const copy = (source: Fields, struct: Struct, path: Path): Fields => {
    const result: Fields = {};
    for (const [name, { type }] of struct.fields) {
      const field = snake(name);
      const value = source[field];
      if (value != null) result[name] = copyValue(value, type, [...path, field]);
    }
    hooks[struct.name]?.(source, result, { path, translation });
    return result;
  };
  const copyValue = (value: Value, type: Type, path: Path): Value => {
    if (type.kind === 'struct') return copy(value as Fields, type, path);
    if (type.kind !== 'list') return value;
    return (value as Value[]).map((item, index) => copyValue(item, type.item, [...path, index]));
  };
  return copy(from, translation.struct, []);
}

/** Merges the document over what a sugar stands for. */
export function mergeOver(sugar: Fields, document: Fields, translation: Translation): Fields {
  return merge(sugar, document, translation);
}

/** Does something with local files; a failure becomes a problem at a path. */
export function withFiles<T>(
  translation: Translation,
  path: Path,
  work: (files: LocalFiles) => T,
): T | undefined {
  const { files, problems } = translation;
  if (!files) {
    problems.push(error(path, 'local files need the folder that they are in: --files-dir DIR'));
    return undefined;
  }
  try {
    return work(files);
  } catch (failure) {
    if (!(failure instanceof LocalFileError)) throw failure;
    problems.push(error(path, failure.message));
    return undefined;
  }
}
