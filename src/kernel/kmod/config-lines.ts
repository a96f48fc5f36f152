/** One line of a configuration of kmod. */
export interface ConfigLine {
  /** Number of its last line in the file, from 1. */
  number: number;
  text: string;
}

/**
 * The lines of a file of `depmod.d` or `modprobe.d` as kmod reads them (`getline_wrapped`,
 * shared/util.c): a backslash joins a line with the next one, and before anything else it is
 * dropped; empty lines and comments, which begin in the first column, are left out.
 */
export function configLines(text: string): ConfigLine[] {
  const lines: ConfigLine[] = [];
  let number = 0;
  for (const raw of text.match(/(?:\\[^]|[^\\\n]|\\$)+|\n/g) ?? []) {
    number += raw.split('\n').length - 1;
    const line = raw.replace(/\\(\n|[^])/g, (_, next: string) => (next === '\n' ? '' : next));
    const isLine = line !== '\n' && line !== '' && !line.startsWith('#');
    if (isLine) lines.push({ number: number + 1, text: line });
  }
  return lines;
}

/** The words of a line; only blanks and tabs stand between them. */
export function configWords(line: string): string[] {
  return line.split(/[\t ]+/).filter(Boolean);
}
