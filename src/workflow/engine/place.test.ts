import { describe, expect, it } from 'vitest';
import { engineAt, tokenHint } from './place.ts';

describe('engineAt', () => {
  it.each([
    ['github', 'git@github.com:you/images.git', 'https://api.github.com', 'you/images'],
    ['github', 'https://github.com/you/images', 'https://api.github.com', 'you/images'],
    [
      'github',
      'ssh://git@ghe.example:2222/you/images.git',
      'https://ghe.example/api/v3',
      'you/images',
    ],
    ['github', 'https://me.ghe.com/you/images', 'https://api.me.ghe.com', 'you/images'],
    ['forgejo', 'https://codeberg.org/you/images/', 'https://codeberg.org/api/v1', 'you/images'],
    ['forgejo', 'https://git.example:8443/you/x', 'https://git.example:8443/api/v1', 'you/x'],
    ['forgejo', 'http://me:pw@git.example:3000/you/x', 'http://git.example:3000/api/v1', 'you/x'],
    [
      'gitlab',
      'git@gitlab.com:group/sub/images.git',
      'https://gitlab.com/api/v4',
      'group/sub/images',
    ],
  ] as const)('of %s finds %s', (engine, remote, api, repository) => {
    expect(engineAt(engine, remote, {})).toMatchObject({ api, repository });
  });

  it('gives a token to the server alone that it is for', () => {
    const env = { GITHUB_TOKEN: 'a', FORGEJO_TOKEN: 'b', GITLAB_TOKEN: 'c' };
    const token = (...[engine, remote, more]: [Parameters<typeof engineAt>[0], string, object?]) =>
      engineAt(engine, remote, { ...env, ...more }).token;

    expect(token('github', 'https://github.com/you/x')).toBe('a');
    expect(token('github', 'https://github.com.evil.example/you/x')).toBeUndefined();
    expect(token('github', 'https://github.com@evil.example/you/x')).toBeUndefined();
    expect(
      token('github', 'https://github.com/you/x', { GITHUB_SERVER_URL: 'https://ghe.example' }),
    ).toBeUndefined();
    expect(token('forgejo', 'git@git.example:you/x')).toBeUndefined();
    expect(
      token('forgejo', 'git@git.example:you/x', { FORGEJO_SERVER_URL: 'https://git.example' }),
    ).toBe('b');
    expect(token('gitlab', 'https://gitlab.com/you/x')).toBe('c');
    expect(token('gitlab', 'https://codeberg.org/you/x')).toBeUndefined();
  });

  it('knows servers that live under a path', () => {
    const env = { FORGEJO_SERVER_URL: 'https://example.org/git', FORGEJO_TOKEN: 'x' };

    expect(engineAt('forgejo', 'https://example.org/git/you/images.git', env)).toEqual({
      engine: 'forgejo',
      api: 'https://example.org/git/api/v1',
      page: 'https://example.org/git/you/images',
      repository: 'you/images',
      token: 'x',
    });
  });

  it.each(['/srv/git/x', 'file:///srv/x', 'https://github.com/you', 'https://github.com/a/b/c'])(
    'refuses %s',
    (remote) => {
      expect(() => engineAt('github', remote, {})).toThrow(/names no repository of a server/);
    },
  );

  it('says which variables give a token', () => {
    expect(tokenHint(engineAt('forgejo', 'git@git.example:you/x', {}))).toBe(
      'set FORGEJO_TOKEN to a token of https://git.example, and FORGEJO_SERVER_URL=https://git.example',
    );
  });
});
