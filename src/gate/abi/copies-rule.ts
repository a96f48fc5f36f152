import type { FileTree } from '../../archive/tree.ts';
import type { Finding } from '../../system/finding.ts';
import { type KernelFiles, moduleName } from './kernel-files.ts';

const FOLDERS = [
  'etc/depmod.d',
  'run/depmod.d',
  'usr/local/lib/depmod.d',
  'usr/lib/depmod.d',
  'lib/depmod.d',
];
const DEFAULT_SEARCH = ['updates', 'built-in'];

export interface Copies {
  /** The file that modprobe takes for each module. */
  winners: ReadonlyMap<string, string>;
  findings: Finding[];
}

/** Of two files of one module, the one that depmod takes by its search order (depmod.d(5)). */
export async function checkCopies(tree: FileTree, files: KernelFiles): Promise<Copies> {
  const search = await searchOrder(tree);
  const winners = new Map<string, string>();
  const findings: Finding[] = [];
  const byName = Map.groupBy(files.modules, ({ path }) => moduleName(path));
  for (const [name, copies] of byName) {
    const rank = (path: string) => rankOf(path.slice(files.folder.length + 1), search);
    const [winner, ...rest] = copies.map(({ path }) => path).sort((a, b) => rank(a) - rank(b));
    if (winner == null) continue;
    winners.set(name, winner);
    if (rest.length === 0) continue;
    const isClear = rest.every((path) => rank(path) > rank(winner));
    findings.push({
      rule: 'duplicate-module',
      severity: isClear ? 'warning' : 'error',
      message: isClear
        ? `module ${name} is there ${copies.length} times; modprobe takes ${winner}`
        : `module ${name} is there ${copies.length} times, and which one modprobe takes is chance`,
      where: { file: winner },
      found: rest.join(', '),
      hint: isClear
        ? 'as it should be for a module that replaces one of the kernel'
        : 'remove all but one',
    });
  }
  return { winners, findings };
}

/** Folders in order; whatever is in none of them is `built-in`. */
function rankOf(path: string, search: readonly string[]): number {
  const place = search.findIndex((folder) => path.startsWith(`${folder}/`));
  const builtIn = search.indexOf('built-in');
  if (place >= 0) return place;
  return builtIn < 0 ? search.length : builtIn;
}

async function searchOrder(tree: FileTree): Promise<string[]> {
  const byName = new Map<string, string>();
  for (const folder of FOLDERS) {
    for await (const { path, type } of tree.list(folder)) {
      const name = path.slice(path.lastIndexOf('/') + 1);
      const isConfig = type !== 'directory' && name.endsWith('.conf');
      if (isConfig && !byName.has(name)) byName.set(name, path);
    }
  }
  const search: string[] = [];
  for (const name of [...byName.keys()].sort()) {
    const text = Buffer.from(await tree.read(byName.get(name) ?? '')).toString('utf8');
    for (const line of text.split('\n')) {
      const [word, ...folders] = line.trim().split(/\s+/);
      if (word === 'search') search.push(...folders);
    }
  }
  return search.length > 0 ? search : DEFAULT_SEARCH;
}
