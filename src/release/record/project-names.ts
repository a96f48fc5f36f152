const LETTER = String.raw`[\p{L}\p{N}_@%+~-]`;

/**
 * The same data with the files of a project named from its folder in every text, paths and `file:`
 * URLs alike: what a registry keeps is read on other machines. The folder itself becomes `.`; one
 * whose name only begins so is another.
 */
export function namedFrom<T>(project: string, data: T): T {
  const folder = project.replace(/\/+$/, '').replace(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  if (!folder) return data;
  const start = `(?<!${LETTER}|[./])(?:file://)?${folder}`;
  const inside = new RegExp(`${start}/+(?=[.]|${LETTER})`, 'gu');
  const itself = new RegExp(`${start}(?![.]*${LETTER})`, 'gu');
  return mapTexts(data, (text) => text.replace(inside, '').replace(itself, '.')) as T;
}

function mapTexts(data: unknown, change: (text: string) => string): unknown {
  if (typeof data === 'string') return change(data);
  if (Array.isArray(data)) return data.map((one) => mapTexts(one, change));
  if (data == null || typeof data !== 'object') return data;
  const entries = Object.entries(data).map(([key, value]) => [key, mapTexts(value, change)]);
  return Object.fromEntries(entries);
}
