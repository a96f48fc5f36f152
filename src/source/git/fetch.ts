import type { RunResult } from '../../system/process.ts';
import { gitError, gitFailure } from './failure.ts';
import type { Git } from './git.ts';

/**
 * Words of a server that gives commits by their hash not at all, or does not have this one. Which
 * of the two it is, only the history tells.
 */
const REFUSED = /not our ref|unadvertised object|couldn't find remote ref|no such remote ref/;

/** What old histories have and nobody is harmed by. */
const LENIENCE = ['zeroPaddedFilemode', 'missingSpaceBeforeDate', 'badTimezone'].flatMap((one) => [
  '-c',
  `fsck.${one}=ignore`,
]);

/**
 * Brings exactly the commit of the place into the repository: alone where the server gives it by
 * its hash, else with the history of the default branch. What came is checked before anybody reads
 * it. Throws `not-found` for a commit that is not there and `invalid-content` for broken objects.
 */
export async function fetchCommit(git: Git): Promise<void> {
  const { repository, commit } = git.place;
  const fetch = (what: string, ...options: string[]) =>
    git.run(['fetch', '--quiet', '--no-tags', ...options, '--', repository, what]);
  const alone = await fetch(commit, '--depth=1');
  if (alone.status !== 0) {
    if (!REFUSED.test(alone.stderr)) throw gitFailure(git.place, alone);
    const whole = await fetch('HEAD');
    if (whole.status !== 0) throw gitFailure(git.place, whole);
  }
  await requireCommit(git);
  requireSound(git, await git.run([...LENIENCE, 'fsck', '--strict', '--no-dangling']));
}

/** The name must be that of a commit itself: a tag object that leads to one has another name. */
async function requireCommit({ place, run }: Git): Promise<void> {
  const { commit, repository } = place;
  const { stdout } = await run(['rev-parse', '--verify', '--quiet', `${commit}^{commit}`]);
  if (stdout.trim() === commit) return;
  throw gitError(
    'not-found',
    place,
    `${repository} has no commit ${commit}, or does not give it`,
    'check that `commit` is of this repository and was not rewritten since; this server may give only what leads to its default branch',
  );
}

function requireSound({ place }: Git, { status, stderr, stdout }: RunResult): void {
  if (status === 0) return;
  const said = (stderr + stdout).trim().split('\n').slice(-6).join('\n');
  throw gitError(
    'invalid-content',
    place,
    `what ${place.repository} gave does not pass git fsck: ${said}`,
    'name another commit or another repository of the same code',
  );
}
