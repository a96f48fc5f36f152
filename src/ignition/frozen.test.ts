import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { frozen } from './testing/frozen.ts';

const folders = globSync('*/v*/', { cwd: import.meta.dirname }).map((path) =>
  path.replace(/\/$/, ''),
);
const stable = folders.filter((folder) => !folder.endsWith('_experimental')).sort();

function digestOf(folder: string): string {
  const hash = createHash('sha256');
  for (const file of globSync(`${folder}/*.ts`, { cwd: import.meta.dirname }).sort())
    hash
      .update(file)
      .update('\0')
      .update(readFileSync(`${import.meta.dirname}/${file}`));
  return hash.digest('hex').slice(0, 16);
}

describe('stable versions', () => {
  it('are all frozen', () => {
    expect(Object.keys(frozen).sort()).toEqual(stable);
  });

  it.each(stable)('%s says what it said when it became stable', (folder) => {
    expect(digestOf(folder)).toBe(frozen[folder]);
  });
});
