import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { connection } from '../testing/flist.ts';
import { openSweepable } from './sweep.ts';

describe('openSweepable', () => {
  it('has nothing to list where no store is', async () => {
    await using folder = await temporaryFolder();
    const store = openSweepable(`dir://${join(folder.path, 'nowhere')}`, connection);

    await expect(store.list()).rejects.toMatchObject({ code: 'not-found' });
  });
});
