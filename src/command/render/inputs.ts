import type { PinnedValues } from '../../release/resolve/pinned-values.ts';
import { LockstepError } from '../../system/error.ts';

export const inputsFormats = ['env', 'json', 'args'] as const;

/** The values as text of one of the formats, with a newline at its end. */
export function showValues(values: PinnedValues, format: (typeof inputsFormats)[number]): string {
  if (format === 'json') return `${JSON.stringify(values, null, 2)}\n`;
  const lines = Object.entries(values).map(([name, value]) => {
    const line = `${name}=${onOneLine(name, value)}`;
    return format === 'env' ? line : `--build-arg ${quoted(line)}`;
  });
  return `${lines.join('\n')}\n`;
}

/** A value with a line break would be two values in such a file, the second of somebody's choice. */
function onOneLine(name: string, value: string): string {
  if (!/[\p{Cc}\u2028\u2029]/u.test(value)) return value;
  throw new LockstepError('invalid-content', `the value of ${name} is not one line of text`, {
    context: { name },
    hint: 'look at what the base says of itself (os-release, labels); --format json can hold it',
  });
}

/** A word that shells and xargs take as it is. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
