import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { decompressBytes } from '../../src/file/compression/compression.ts';
import type { Case, Subject, TreeModule } from './case.ts';

const LIMIT = 64 << 20;

/** Small modules with and without others below them, of block layer, network and filesystems. */
export const TREE_MODULES: readonly string[] = [
  'configfs',
  'cordic',
  'dm-bufio',
  'dm-mod',
  'dummy',
  'fuse',
  'garp',
  'gre',
  'lru_cache',
  'nls_utf8',
  'stp',
  'veth',
];

/** Reads modules of a tree by name, with what `modules.dep` puts before them. */
export async function readTree(
  modulesDir: string,
  names: readonly string[],
): Promise<Map<string, TreeModule>> {
  const index = await readFile(join(modulesDir, 'modules.dep'), 'utf8').catch(() => '');
  const found = new Map<string, TreeModule>();
  const read = async (path: string) =>
    Buffer.from(decompressBytes(await readFile(join(modulesDir, path)), LIMIT));
  for (const line of index.split('\n')) {
    const [path = '', needed = ''] = line.split(':');
    const name = basename(path).replace(/\.ko.*$/, '');
    if (!names.includes(name)) continue;
    // Listed from the nearest to the farthest; loaded the other way round.
    const before = needed.trim().split(/\s+/).filter(Boolean).reverse();
    found.set(name, { module: await read(path), before: await Promise.all(before.map(read)) });
  }
  return found;
}

/** The subject's own modules, which it must take. */
export function treeCases(subject: Subject): Case[] {
  return [...subject.tree].map(([name, { module, before }]) => ({
    heading: 'of this kernel itself',
    name,
    file: `${name}.ko`,
    module,
    before,
    how: 'direct',
    sealed: true,
  }));
}
