import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOf } from './error.ts';
import { readPassword, readSecret } from './secret.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary.ts';

let folder: TemporaryFolder;
const env = { KEY: 'of the house\n', EMPTY: '', LINES: 'first\r\nsecond\n' };

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder.path, 'key'), 'of the house\n');
  await writeFile(join(folder.path, 'lines'), 'first\r\nsecond\n');
  await writeFile(join(folder.path, 'large'), '');
  await truncate(join(folder.path, 'large'), (1 << 20) + 1);
});
afterAll(() => folder[Symbol.asyncDispose]());

const source = (what: string) => ({ env, folder: folder.path, what });

/** What is said when it is refused. */
async function refusal(reading: Promise<unknown>): Promise<string> {
  const error: unknown = await reading.catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: 'config', hint: expect.any(String) as string });
  expect(exitCodeOf(error)).toBe(2);
  return `${String(error)} ${(error as { hint: string }).hint}`;
}

describe(readSecret, () => {
  it.each(['env:KEY', 'key'])('gives every byte of %s', async (place) => {
    expect((await readSecret(place, source('key'))).toString()).toBe('of the house\n');
  });

  it.each([
    ['env:ABSENT', 'the key is missing: the variable ABSENT is not set'],
    ['env:EMPTY', 'the key is empty: env:EMPTY'],
    ['nowhere', 'the key cannot be read from nowhere: there is no such file'],
    ['.', 'EISDIR'],
    ['large', 'the key in large has more than 1048576 bytes'],
  ])('refuses %s', async (place, said) => {
    expect(await refusal(readSecret(place, source('key')))).toContain(said);
  });

  it.each(['-----BEGIN PRIVATE KEY-----', 'two\nlines', 'eyJhbGciOi.eyJzdWIi.c2ln'])(
    'does not repeat %j, which is one',
    async (place) => {
      const said = await refusal(readSecret(place, source('token')));

      expect(said).toContain('the token itself was given');
      expect(said).not.toContain(place);
    },
  );
});

describe(readPassword, () => {
  it.each(['env:LINES', 'lines'])('ends with the first line of %s', async (place) => {
    expect(await readPassword(place, source('password'))).toBe('first');
  });

  it('is empty only where that is said', async () => {
    const asked = source('password');

    expect(await readPassword('env:EMPTY', { ...asked, mayBeEmpty: true })).toBe('');
    expect(await refusal(readPassword('env:EMPTY', asked))).toContain('is empty: env:EMPTY');
    expect(await refusal(readPassword('env:ABSENT', { ...asked, mayBeEmpty: true }))).toContain(
      'the variable ABSENT is not set',
    );
  });

  it('does not show what was named, be it the password itself', async () => {
    expect(await refusal(readPassword('hunter2', source('password')))).not.toContain('hunter2');
  });
});
