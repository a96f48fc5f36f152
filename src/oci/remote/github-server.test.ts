import { describe, expect, it } from 'vitest';
import { githubServer } from './github-server.ts';

describe(githubServer, () => {
  it.each([
    [{}, 'ghcr.io', 'https://api.github.com'],
    [{ GITHUB_SERVER_URL: '' }, 'ghcr.io', 'https://api.github.com'],
    [
      { GITHUB_SERVER_URL: 'https://git.example' },
      'containers.git.example',
      'https://git.example/api/v3',
    ],
    [
      { GITHUB_SERVER_URL: 'https://me.ghe.com' },
      'containers.me.ghe.com',
      'https://api.me.ghe.com',
    ],
    [
      { GITHUB_SERVER_URL: 'https://git.example', GITHUB_API_URL: 'https://api.git.example' },
      'containers.git.example',
      'https://api.git.example',
    ],
  ])('tells the server of %j', (env, registry, api) => {
    expect(githubServer(env)).toMatchObject({ registry, api });
  });

  it('owns its own hosts alone', () => {
    const server = githubServer({});

    expect(['ghcr.io', 'github.com', 'api.github.com'].every((host) => server?.owns(host))).toBe(
      true,
    );
    expect(['evilgithub.com', 'x.ghcr.io.example', 'quay.io'].some((h) => server?.owns(h))).toBe(
      false,
    );
  });

  it('is nowhere when the address is none', () => {
    expect(githubServer({ GITHUB_SERVER_URL: 'github.com' })).toBeUndefined();
  });
});
