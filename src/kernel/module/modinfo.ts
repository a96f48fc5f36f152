import { cStrings } from '../elf/c-string.ts';

/** The `key=value` pairs of a `.modinfo` section, in order; keys may stand more than once. */
export interface Modinfo {
  readonly entries: readonly (readonly [key: string, value: string])[];
  /** The first value of a key, which is the one that Linux takes (`get_modinfo`). */
  get(key: string): string | undefined;
  getAll(key: string): string[];
}

/** Reads `.modinfo` (include/linux/moduleparam.h, `MODULE_INFO`): texts between NUL bytes. */
export function readModinfo(section: Uint8Array): Modinfo {
  const entries = cStrings(section).map((text) => {
    const equals = text.indexOf('=');
    return equals < 0
      ? ([text, ''] as const)
      : ([text.slice(0, equals), text.slice(equals + 1)] as const);
  });
  return {
    entries,
    get: (key) => entries.find(([name]) => name === key)?.[1],
    getAll: (key) => entries.filter(([name]) => name === key).map(([, value]) => value),
  };
}
