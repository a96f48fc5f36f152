import { expect, it } from 'vitest';
import { whyNoRegistry } from '../../oci/testing/docker-registry.ts';
import { runMutations } from '../testing/mutation-run.ts';

const why = whyNoRegistry();

it.skipIf(why != null)(
  `accepts nothing damaged that skopeo would refuse ${why ?? ''}`,
  async () => {
    const { said, shown, wrong } = await runMutations(400, 1);

    expect(wrong).toEqual([]);
    expect(said.refused + said.config).toBeGreaterThan(200);
    expect(shown).toBeGreaterThan(5);
  },
  300_000,
);
