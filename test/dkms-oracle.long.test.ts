import { expect, it } from 'vitest';
import { CORPUS } from '../src/source/testing/dkms-corpus.ts';
import { testBesideDkms } from './dkms-oracle.ts';

it('has a corpus of every construct', () => {
  expect(Object.keys(CORPUS).length).toBeGreaterThanOrEqual(60);
});

testBesideDkms(CORPUS, { ofEachOutcome: 9 });
