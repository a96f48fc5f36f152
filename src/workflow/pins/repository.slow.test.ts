import { describe, expect, it } from 'vitest';
import { aRepository } from '../../source/git/testing/repository.ts';
import { openPinned } from './repository.ts';

const options = { env: process.env };

describe('openPinned', () => {
  it('tells commits of branches and tags from those that only lie there, as those of forks do', async () => {
    await using repository = await aRepository();
    const first = await repository.commit({ 'action.yml': 'one' });
    await repository.git('tag', '--annotate', '--message=x', 'v1.0.0');
    const second = await repository.commit({ 'action.yml': 'two' });
    await repository.commit({ 'action.yml': 'three' });
    await repository.git('checkout', '--quiet', '--detach', first);
    const foreign = await repository.commit({ 'action.yml': 'of a fork' });
    await repository.git('update-ref', 'refs/pull/1/head', foreign);
    await repository.git('config', 'uploadpack.allowAnySHA1InWant', 'true');
    await repository.git('config', 'uploadpack.allowFilter', 'true');
    await repository.git('checkout', '--quiet', 'main');

    const pinned = await openPinned(repository.address, options);

    expect(pinned.tags).toEqual([{ tag: 'v1.0.0', commit: first }]);
    expect(pinned.head).toBe(await repository.git('rev-parse', 'main'));
    expect(await pinned.holds(first)).toBe(true);
    expect(await pinned.holds(second)).toBe(true);
    expect(await pinned.holds(foreign)).toBe(false);
    expect(await pinned.holds('0'.repeat(39) + '1')).toBe(false);
  });

  it('says that a repository is not there', async () => {
    await expect(openPinned('file:///nonexistent/x', options)).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});
