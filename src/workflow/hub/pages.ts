import { type Data, noted } from '../document/data.ts';
import { ignitionSecrets, type Project } from '../project/project.ts';
import { workflowData } from './job.ts';
import { readPackages } from './rights.ts';
import {
  begin,
  call,
  expression,
  loggedIn,
  logIn,
  mainRef,
  type Step,
  secrets,
  uses,
} from './steps.ts';

/** Folder that becomes the pages. */
const PUBLIC = 'public';

/** When the status is written anew, beside pushes; no round time, at which engines are busy. */
const OFTEN = '40 */6 * * *';

/** Pages: made by a job that may not publish them, published by one that makes nothing. */
export function pagesWorkflow(project: Project): Data {
  const { branch } = project.config.ci;
  const head = {
    name: 'pages',
    on: { push: { branches: [branch] }, schedule: [{ cron: OFTEN }], workflow_dispatch: null },
    concurrency: { group: 'lockstep-pages', cancel: false },
  };
  return workflowData(project, head, {
    make: {
      name: 'make',
      if: `github.ref == ${mainRef(project)}`,
      rights: readPackages,
      minutes: 15,
      steps: [
        ...begin(project),
        ...logIn(project),
        ...makePages(project),
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

/** The status of the streams; beside the first boot, whose page stands at the root, one more page. */
function makePages(project: Project): Step[] {
  const { ignition } = project.config.ci;
  const page = ignition == null ? 'index.html' : 'status.html';
  const status = call(project, `status --html ${PUBLIC}/${page}`, { env: loggedIn(project) });
  if (ignition == null) return [status];
  const env = secrets(ignitionSecrets(project.config.streams));
  const args = `ignition build ${sourceOf(project, ignition)} -o ${PUBLIC}/`;
  return [status, call(project, args, { env })];
}

/** What is built: the first boot of a stream with its values and files, or a file by itself. */
function sourceOf({ config }: Project, file: string): string {
  const stream = config.streams.find(({ ignition }) => ignition?.source === file);
  return stream ? `--stream ${stream.name}` : quoted(file);
}

/** A word for a shell. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
