import { describe, expect, it } from 'vitest';
import { findCredentials } from './credentials.ts';
import { fetchToken } from './token.ts';

/** Asks for a token as ghcr.io with `GITHUB_TOKEN` does; gives the hosts that learned of it. */
async function askedBy(realm: string): Promise<string[]> {
  const asked: string[] = [];
  const credentials = await findCredentials('ghcr.io', 'a/b', { GITHUB_TOKEN: 'planted' });
  const wanted = {
    challenge: { scheme: 'bearer', parameters: { realm } },
    scopes: ['repository:a/b:pull'],
    credentials,
    registry: new URL('https://ghcr.io'),
    now: new Date(0),
  };
  const token = await fetchToken(async ({ url, headers }) => {
    if (headers?.authorization) asked.push(url.host);
    const body = (async function* () {
      yield Buffer.from('{"token":"t"}');
    })();
    return { status: 200, headers: {}, url, body, discard: () => {} };
  }, wanted);
  expect(token.value).toBe('t');
  return asked;
}

describe(fetchToken, () => {
  it("takes GITHUB_TOKEN to GitHub's own token server", async () => {
    expect(await askedBy('https://ghcr.io/token')).toEqual(['ghcr.io']);
  });

  it.each(['https://tokens.example/token', 'http://ghcr.io/token', 'https://a@ghcr.io/token'])(
    'takes GITHUB_TOKEN not to %s',
    async (realm) => {
      await expect(askedBy(realm)).rejects.toMatchObject({ code: 'registry' });
    },
  );
});
