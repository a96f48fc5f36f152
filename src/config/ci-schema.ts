import * as z from 'zod/mini';
import { branchNameProblem } from './ci/branch-name.ts';
import { cronProblem } from './ci/cron.ts';
import { engines } from './ci/engines.ts';
import { pathPatternProblem } from './ci/path-pattern.ts';
import { described, RelativePath, textLike, textWithout } from './words.ts';

/** Words of a command without anything that a shell or YAML would read as more than letters. */
const COMMAND = /^[\w./~-]+(?: [\w./~=:@-]+)*$/;
/** How jobs come by lockstep. */
export const Program = textLike(COMMAND, 'must be npm, or a plain command');
const RUNNER = /^[A-Za-z0-9_][\w.-]*$/;
const ENVIRONMENT = /^[A-Za-z0-9][\w./ -]{0,253}[\w]$|^[A-Za-z0-9]$/;

/** Minutes that a job may take: on machines of GitHub six hours, on one's own five days. */
const LONGEST = { hosted: 360, own: 7200 };
const HOSTED = /^(?:ubuntu|windows|macos)-/;

const keys = {
  engine: described(
    z._default(z.enum(engines), 'github'),
    'The CI service that files are made for',
  ),
  program: described(
    z._default(Program, 'npm'),
    'How jobs come by lockstep: npm, which installs this version by a lock file with the digests of all of it, or a command that runners have',
  ),
  runner: described(
    z._default(textLike(RUNNER, 'must be one label of a runner'), 'ubuntu-24.04'),
    'Label of the machines that jobs run on',
  ),
  branch: described(
    z._default(textWithout(branchNameProblem), 'main'),
    'The branch whose runs move what hosts follow',
  ),
  schedule: described(
    z._default(textWithout(cronProblem), '0 6 * * *'),
    'When upstream is looked at: a cron line, UTC',
  ),
  cleanup: described(
    z._default(textWithout(cronProblem), '0 2 * * 0'),
    'When old images are removed: a cron line, UTC',
  ),
  ignore: described(
    z._default(
      z
        .array(textWithout(pathPatternProblem))
        .check(z.minLength(1, 'must hold a pattern: leave the key out for the usual ones')),
      ['**/*.md', 'docs/**'],
    ),
    'Paths whose changes alone build nothing',
  ),
  timeout_minutes: described(
    z._default(z.int().check(z.minimum(1), z.maximum(LONGEST.own)), 120),
    'Longest time of a job that builds, boots or promotes',
  ),
  environment: described(
    z.optional(textLike(ENVIRONMENT, 'must be letters, digits and . _ / - or spaces between them')),
    'Environment of the job that promotes, for rules and secrets of its own',
  ),
  attest: described(
    z.optional(z.boolean()),
    'Attest where images come from, by the identity of the job (default: on GitHub)',
  ),
  pages: described(
    z.optional(z.boolean()),
    'Publish pages: the status of the streams, and ignition (default: with ignition)',
  ),
  ignition: described(
    z.optional(RelativePath),
    'Butane file that is published on the pages as Ignition',
  ),
  issue: described(
    z._default(
      textLike(/^[1-9]\d{0,2}[hdw]$/, 'must be a number of hours, days or weeks: 12h, 3d, 1w'),
      '3d',
    ),
    'Open an issue for a stream when stable has lagged so long',
  ),
  keep_alive: described(
    z._default(z.boolean(), true),
    'Keep the schedule from being switched off when the repository is quiet',
  ),
};

const Keys = z.strictObject(keys);

/** Files of CI: the key `ci`, what the engine would refuse being refused here. */
export const Ci = Keys.check(
  z.superRefine((ci, issues) => {
    const say = (key: keyof typeof keys, message: string) =>
      issues.addIssue({ code: 'custom', path: [key], message });
    const { engine, runner, timeout_minutes } = ci;
    if (engine === 'github' && HOSTED.test(runner) && timeout_minutes > LONGEST.hosted)
      say(
        'timeout_minutes',
        `must be at most ${LONGEST.hosted}: GitHub ends jobs on ${runner} then`,
      );
    if (engine !== 'github' && ci.attest) say('attest', `is for github: ${engine} attests nothing`);
    if (engine !== 'github' && ci.pages) say('pages', `is for github: none are made for ${engine}`);
    if (ci.ignition && ci.pages === false)
      say('ignition', 'is published on the pages: pages: true');
  }),
);
export type Ci = z.infer<typeof Ci>;
