import { dirname } from 'node:path';

/** One file that imports another. */
export interface FolderImport {
  from: string;
  to: string;
}

/** Files that a folder under `src/` holds at most, tests aside: more is a hall, not a room. */
const MOST = 25;

/** Two folders that import from each other, with an import of each. Tests may look anywhere. */
export function mutualFolders(imports: readonly FolderImport[]): string[] {
  const between = new Map<string, FolderImport>();
  for (const one of imports) {
    const [from, to] = [dirname(one.from), dirname(one.to)];
    if (from !== to && !isOfTests(one.from) && isOurs(one.to)) between.set(`${from} ${to}`, one);
  }
  return [...between].flatMap(([key, one]) => {
    const [from = '', to = ''] = key.split(' ');
    const back = between.get(`${to} ${from}`);
    if (!back || from > to) return [];
    return [
      `${from} and ${to} import from each other: ${one.from} takes ${one.to}, ${back.from} takes ${back.to}`,
    ];
  });
}

/** Folders with more files than one can look over. */
export function crowded(sources: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const path of sources.filter((source) => !isOfTests(source)))
    counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
  return [...counts].flatMap(([folder, count]) =>
    count > MOST ? [`${folder} holds ${count} files, more than ${MOST}`] : [],
  );
}

function isOfTests(path: string): boolean {
  return /[.]test[.]ts$|\/testing\//.test(path);
}

function isOurs(path: string): boolean {
  return /^(?:src|truth|testbed|bench|scripts|test|dkms-survey)\//.test(path);
}
