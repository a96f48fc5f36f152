import { describe, expect, it } from 'vitest';
import { aRepository } from '../../source/git/testing/repository.ts';
import { openEngine, repositoryPath } from './open.ts';

const options = { env: process.env, now: () => new Date() };

describe('openEngine', () => {
  it('takes the repository from the remote origin, as git rewrites it', async () => {
    await using repository = await aRepository();
    await expect(openEngine('gitlab', repository.path, options)).rejects.toMatchObject({
      code: 'config',
      hint: expect.stringContaining('git remote add origin'),
    });

    await repository.git('remote', 'add', 'origin', 'lab:group/sub/images.git');
    await repository.git('config', 'url.https://gitlab.com/.insteadOf', 'lab:');
    const { place } = await openEngine('gitlab', repository.path, options);

    expect(place).toMatchObject({
      api: 'https://gitlab.com/api/v4',
      repository: 'group/sub/images',
    });
    expect(repositoryPath(place)).toBe('projects/group%2Fsub%2Fimages');
  });
});
