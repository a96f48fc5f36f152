import type { Data } from '../document/data.ts';
import type { Project } from '../project/project.ts';
import { workflowData } from './job.ts';
import { readOnly } from './rights.ts';
import { begin, call, expression, prepare } from './steps.ts';

/** The check that branch protection asks for. */
export const CHECK = 'lockstep';

/**
 * Pull requests and the merge queue: everything is built and judged, nothing is published, and no
 * job has a secret. Whether there is anything to build is asked in a job and not in a filter of
 * paths: a workflow that is left out reports no check, and the pull request would wait for ever.
 */
export function pullRequestWorkflow(project: Project): Data {
  const { branch, engine } = project.config.ci;
  const queue = engine === 'github' ? { merge_group: null } : {};
  const head = {
    name: 'build pull request',
    on: { pull_request: { branches: [branch] }, ...queue },
    concurrency: { group: `lockstep-pull-request-${expression('github.ref')}`, cancel: true },
  };
  const history = { 'fetch-depth': 0, filter: 'blob:none' };
  const base = 'github.event.pull_request.base.sha || github.event.merge_group.base_sha';
  return workflowData(project, head, {
    changes: {
      name: 'changes',
      rights: readOnly,
      minutes: 10,
      outputs: { builds: expression('steps.changes.outputs.builds') },
      steps: [
        ...begin(project, history),
        call(project, 'workflow changes --since "$BASE" --outputs "$GITHUB_OUTPUT"', {
          id: 'changes',
          env: { BASE: expression(base) },
        }),
      ],
    },
    build: {
      name: 'build',
      needs: ['changes'],
      if: "needs.changes.outputs.builds == 'true'",
      rights: readOnly,
      steps: [
        ...begin(project),
        prepare(project),
        call(project, 'run --channel pull-request --keep-going'),
      ],
    },
    [CHECK]: {
      name: CHECK,
      needs: ['changes', 'build'],
      if: 'always()',
      rights: {},
      minutes: 5,
      steps: [
        {
          name: 'nothing has failed',
          if: "needs.changes.result != 'success' || (needs.changes.outputs.builds == 'true' && needs.build.result != 'success')",
          run: 'exit 1',
        },
      ],
    },
  });
}
