import { expect, it } from 'vitest';
import { CORPUS, FEW, type OracleTrial } from '../src/source/testing/dkms-corpus.ts';
import { testBesideDkms } from './dkms-oracle.ts';

/** What the files of a corpus say something of, as `BUILD_EXCLUSIVE_ARCH`. */
function directivesIn(corpus: Readonly<Record<string, OracleTrial>>): string[] {
  const confs = Object.values(corpus).map(({ conf }) => conf);
  const names = confs.flatMap((conf) => [...conf.matchAll(/^ *([A-Z_]+)(?=[[=])/gm)]);
  return [...new Set(names.map(([, name]) => name!))].sort();
}

it('has every directive that the whole corpus has', () => {
  expect(directivesIn(FEW)).toEqual(directivesIn(CORPUS));
  expect(directivesIn(FEW)).toContain('BUILD_EXCLUSIVE_KERNEL_MIN');
});

testBesideDkms(FEW, { ofEachOutcome: 4 });
