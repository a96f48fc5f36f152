import type { Data } from '../document/data.ts';
import { type Project, signingSecrets } from '../project/project.ts';
import { workflowData } from './job.ts';
import { writePackages } from './rights.ts';
import { begin, call, expression, loggedIn, logIn, mainRef, prepare, secrets } from './steps.ts';

/** Branches of bots and engines, which nobody boots: their pull requests are checked. */
const OTHERS = ['dependabot/**', 'renovate/**', 'gh-readonly-queue/**', 'gh-pages'];

/** Branches: an image and a tag of their own, nothing of main's. */
export function branchWorkflow(project: Project): Data {
  const { branch, ignore } = project.config.ci;
  const head = {
    name: 'build branch',
    on: {
      push: { 'branches-ignore': [branch, ...OTHERS], 'paths-ignore': ignore },
      workflow_dispatch: null,
    },
    concurrency: { group: `lockstep-branch-${expression('github.ref')}`, cancel: true },
  };
  const env = {
    ...loggedIn(project),
    ...secrets(signingSecrets(project.config.streams)),
    BRANCH: expression('github.ref_name'),
  };
  const args = 'run --channel branch --branch "$BRANCH" --keep-going';
  return workflowData(project, head, {
    build: {
      name: 'build',
      // A push of a tag and a run of main by hand are no runs of a branch.
      if: `github.ref_type == 'branch' && github.ref != ${mainRef(project)}`,
      rights: writePackages('the repositories of branches, and the tag of this one'),
      steps: [...begin(project), ...logIn(project), prepare(project), call(project, args, { env })],
    },
  });
}
