import { expect, it } from 'vitest';
import { runMutations } from '../src/trust/testing/mutation-run.ts';

it('accepts none of 10,000 damaged policies, payloads and certificates that skopeo would refuse', async () => {
  const { said, shown, wrong } = await runMutations(10_000, 2);

  expect(wrong).toEqual([]);
  expect(said.accepted).toBe(shown);
  expect(said.accepted + said.refused + said.config).toBe(10_000);
  expect(shown).toBeGreaterThan(100);
}, 3_600_000);
