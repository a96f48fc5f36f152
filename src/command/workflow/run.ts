import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';

const EXAMPLES = `
FILE is the name of a workflow (build, build.yml or its path; build.yml when not given). The inputs
are held against the file as it is in this folder before anything is sent. The repository is the
remote origin; the token is GITHUB_TOKEN, FORGEJO_TOKEN or GITLAB_TOKEN, and goes only to the server
that it is for (docs/workflow.md).

With --local nothing is sent: act, forgejo-runner or gitlab-ci-local runs the file on this machine.
Exit status 1 when a run that was waited for did not succeed.

Examples:
  $ lockstep workflow run
  $ lockstep workflow run build --input promote_to_stable=false --wait
  $ lockstep workflow run build-branch --ref my-branch
  $ lockstep workflow run --local`;

export const run = projectOptions(new Command('run'))
  .description('Starts a run of a workflow through the API of the engine, or on this machine.')
  .argument('[file]', 'the workflow')
  .option('--ref <name>', 'branch or tag (default: the branch that ci.branch names)')
  .option('--input <name=value>', 'value of an input; may be given several times', collect, [])
  .option('--wait', 'wait until the run is done, and tell what failed')
  .option('--local', 'run it on this machine')
  .addHelpText('after', EXAMPLES)
  .action(async (file, options) => (await import('./action/run.ts')).run(file, options));

function collect(text: string, before: string[]): string[] {
  return [...before, text];
}
