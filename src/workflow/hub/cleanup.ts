import type { Data } from '../document/data.ts';
import { flistSecrets, type Project } from '../project/project.ts';
import { workflowData } from './job.ts';
import { writePackages } from './rights.ts';
import { begin, call, loggedIn, logIn, mainRef, secrets } from './steps.ts';

/** What stays, as the documentation promises it. */
const KEPT = '--keep-days 90 --keep-newest 3';

/** Old images: what may go is shown, then removed; by hand only when it is said. */
export function cleanupWorkflow(project: Project): Data {
  const { cleanup } = project.config.ci;
  const head = {
    name: 'clean up images',
    on: {
      schedule: [{ cron: cleanup }],
      workflow_dispatch: {
        inputs: {
          dry_run: {
            description: 'Show what would go, and remove nothing',
            type: 'boolean',
            default: true,
          },
        },
      },
    },
    concurrency: { group: 'lockstep-cleanup', cancel: false },
  };
  const env = { ...loggedIn(project), ...secrets(flistSecrets(project.config.streams)) };
  const remove = { if: "github.event_name == 'schedule' || inputs.dry_run == false", env };
  return workflowData(project, head, {
    cleanup: {
      name: 'cleanup',
      if: `github.ref == ${mainRef(project)}`,
      rights: writePackages('to remove images'),
      steps: [
        ...begin(project),
        ...logIn(project),
        call(project, `cleanup ${KEPT}`, { name: 'what may go', env }),
        call(project, 'cleanup --channel branch', { name: 'what may go of branches', env }),
        call(project, `cleanup ${KEPT} --yes`, { name: 'remove it', ...remove }),
        call(project, 'cleanup --channel branch --yes', {
          name: 'remove it of branches',
          ...remove,
        }),
      ],
    },
  });
}
