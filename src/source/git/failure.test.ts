import { describe, expect, it } from 'vitest';
import { gitFailure } from './failure.ts';

const place = { repository: 'https://git.example.org/x', commit: 'a'.repeat(40), path: 'src' };

/** Words of git 2.39 and of the servers and transports that it passes on. */
const SAID = [
  [
    'ssh -o BatchMode=yes: 1: ssh: not found\nfatal: Could not read from remote repository.',
    'program-missing',
  ],
  [
    'fatal: write error: File too large\nfatal: fetch-pack: invalid index-pack output',
    'limit-exceeded',
  ],
  [
    "fatal: could not read Username for 'https://git.example.org': terminal prompts disabled",
    'not-allowed',
  ],
  [
    'git@git.example.org: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    'not-allowed',
  ],
  [
    "fatal: unable to access 'https://git.example.org/x/': The requested URL returned error: 403",
    'not-allowed',
  ],
  ["fatal: detected dubious ownership in repository at '/srv/x'", 'not-allowed'],
  ["fatal: repository 'https://git.example.org/x/' not found", 'not-found'],
  ["fatal: '/x' does not appear to be a git repository", 'not-found'],
  [
    "fatal: unable to access 'https://git.example.org/x/': Could not resolve host: git.example.org",
    'network',
  ],
  [
    "fatal: unable to access 'https://git.example.org/x/': The requested URL returned error: 503",
    'network',
  ],
  ['ssh: connect to host git.example.org port 22: Connection timed out', 'network'],
  [
    'error: RPC failed; curl 28 Operation too slow. Less than 1000 bytes/sec transferred',
    'network',
  ],
  ['error: https://git.example.org/x did not send all necessary objects', 'invalid-content'],
  ['fatal: something new', 'program-failed'],
] as const;

describe(gitFailure, () => {
  it.each(SAID)('reads %j as %s', (stderr, code) => {
    const error = gitFailure(place, { status: 128, stdout: '', stderr });

    expect(error).toMatchObject({ code, context: place });
    expect(error.message).toContain(stderr.split('\n').at(-1));
    expect(error.hint).toBeTruthy();
  });

  it('leaves out what git advises whatever has happened', () => {
    const stderr =
      'fatal: no\n\nPlease make sure you have the correct access rights\nand the repository exists.\n';

    expect(gitFailure(place, { status: 128, stdout: '', stderr }).message).toMatch(/fatal: no$/);
  });

  it('has words of its own where git has none', () => {
    const error = gitFailure(place, { status: 137, stdout: '', stderr: '' });

    expect(error.message).toContain('git exited with 137');
  });
});
