import { type ErrorCode, LockstepError } from '../../system/error.ts';
import { lastLines, type RunResult } from '../../system/process.ts';

/** A folder of a repository at a commit. */
export interface GitPlace {
  /** Address of the repository. */
  repository: string;
  /** 40 hex digits. */
  commit: string;
  /** Folder in the repository; its root when not given. */
  path?: string;
}

interface Reading {
  words: RegExp;
  code: ErrorCode;
  hint: string;
}

/** What git says, first match first: it has one exit status for everything. */
const READINGS: readonly Reading[] = [
  {
    words: /ssh: (?:command )?not found|cannot run ssh/,
    code: 'program-missing',
    hint: 'install the package openssh-client, or name an https:// address',
  },
  {
    words: /File too large/,
    code: 'limit-exceeded',
    hint: 'name a repository that holds little more than the module',
  },
  {
    words:
      /corrupt|hash mismatch|index-pack died|invalid index-pack|bad object|missing (?:blob|tree) object|did not send all necessary|unable to read [0-9a-f]{40}/,
    code: 'invalid-content',
    hint: 'the repository is damaged: name another one with the same commit',
  },
  {
    words:
      /Authentication failed|could not read (?:Username|Password)|Permission denied|Host key verification failed|returned error: 40[13]|dubious ownership/,
    code: 'not-allowed',
    hint: 'check the address (servers ask for a password where there is no such repository); a private one needs a credential helper or a key of ssh that works without questions',
  },
  {
    words:
      /does not appear to be a git repository|returned error: 4(?:04|10)|repository .* not found/i,
    code: 'not-found',
    hint: 'check the address; when the repository is gone, only runs with `publish.archive_inputs` can be replayed',
  },
  {
    words:
      /Could not resolve host|Failed to connect|[Cc]onnection (?:refused|reset|timed out|closed)|timed out|unreachable|Temporary failure|hung up|early EOF|too slow|returned error: (?:429|5\d\d)|SSL|TLS|certificate|unable to access/,
    code: 'network',
    hint: 'try again; `git ls-remote ADDRESS` shows whether this machine can reach it at all',
  },
];

const ANYTHING: Reading = {
  words: /^/,
  code: 'program-failed',
  hint: 'try the same with git by hand: `git ls-remote ADDRESS`',
};

/** What git adds to every failure of a server. */
const ADVICE =
  /\n+Please make sure you have the correct access rights\nand the repository exists\.\n?/;

/** The error that a failed call of git stands for. */
export function gitFailure(place: GitPlace, { stderr, status }: RunResult): LockstepError {
  const { code, hint } = READINGS.find(({ words }) => words.test(stderr)) ?? ANYTHING;
  const said = lastLines(stderr.replace(ADVICE, ''), 6) || `git exited with ${status}`;
  return gitError(code, place, `cannot take ${place.commit} of ${place.repository}: ${said}`, hint);
}

/** An error about a place of a repository. */
export function gitError(
  code: ErrorCode,
  { repository, commit, path }: GitPlace,
  message: string,
  hint: string,
): LockstepError {
  return new LockstepError(code, message, { context: { repository, commit, path }, hint });
}
