import { type Data, noted } from '../document/data.ts';
import { ignitionSecrets, type Project } from '../project/project.ts';
import { workflowData } from './job.ts';
import { readOnly } from './rights.ts';
import { begin, call, expression, secrets, uses } from './steps.ts';

/** Folder that becomes the pages. */
const PUBLIC = 'public';

/** Pages: made by a job that may not publish them, published by one that makes nothing. */
export function pagesWorkflow(project: Project): Data {
  const { branch } = project.config.ci;
  const head = {
    name: 'pages',
    on: { push: { branches: [branch] }, workflow_dispatch: null },
    concurrency: { group: 'lockstep-pages', cancel: false },
  };
  return workflowData(project, head, {
    make: {
      name: 'make',
      if: `github.ref == 'refs/heads/${branch}'`,
      rights: readOnly,
      minutes: 15,
      steps: [
        ...begin(project),
        call(project, `ignition build ${sourceOf(project)} -o ${PUBLIC}/`, {
          env: secrets(ignitionSecrets(project.config.streams)),
        }),
        uses(project, 'pages', { with: { path: PUBLIC } }),
      ],
    },
    publish: {
      name: 'publish',
      needs: ['make'],
      rights: {
        pages: noted('write', 'to publish the pages'),
        'id-token': noted('write', 'by which Pages knows this run'),
      },
      minutes: 15,
      environment: { name: 'github-pages', url: expression('steps.publish.outputs.page_url') },
      steps: [uses(project, 'deploy', { id: 'publish' })],
    },
  });
}

/** What is built: the first boot of a stream with its values and files, or a file by itself. */
function sourceOf({ config }: Project): string {
  const file = config.ci.ignition ?? '';
  const stream = config.streams.find(({ ignition }) => ignition?.source === file);
  return stream ? `--stream ${stream.name}` : quoted(file);
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
