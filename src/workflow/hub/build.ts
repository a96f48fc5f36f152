import { type Data, noted } from '../document/data.ts';
import {
  attests,
  flistSecrets,
  judgesKeyless,
  type Project,
  signingSecrets,
  signsKeyless,
  trustSecrets,
} from '../project/project.ts';
import { type Job, workflowData } from './job.ts';
import { attesting, readPackages, signing, writePackages } from './rights.ts';
import {
  begin,
  call,
  expression,
  fetchPlan,
  keepPlan,
  literal,
  loggedIn,
  logIn,
  mainRef,
  PLAN,
  prepare,
  type Step,
  secrets,
  uses,
} from './steps.ts';

/** What a run that is started by hand may be told. */
const INPUTS = {
  promote_to_stable: flag(
    'Move the tags that hosts follow; without it the run stops at the candidates',
    true,
  ),
  use_input_lock: flag('Use exactly the inputs of the lock file', false),
  lock_file: text('Lock file, when it is not lockstep.lock.json'),
  build_container_image: text('Build in this image instead: NAME@sha256:…'),
  force_rebuild: flag('Build and prove again what is there', false),
  streams: text('These streams alone, with spaces between them'),
} as const;

/** Main: what moves is resolved once, builds are spread over machines, each stream is promoted for itself. */
export function buildWorkflow(project: Project): Data {
  const { branch, ignore, schedule } = project.config.ci;
  const head = {
    name: 'build',
    on: {
      push: { branches: [branch], 'paths-ignore': ignore },
      schedule: [{ cron: schedule }],
      workflow_dispatch: { inputs: INPUTS },
    },
    concurrency: { group: 'lockstep-build', cancel: false },
  };
  return workflowData(project, head, {
    plan: planJob(project),
    kmods: kmodsJob(project),
    images: imagesJob(project),
    promote: promoteJob(project),
    report: reportJob(project),
  });
}

function planJob(project: Project): Job {
  const args = `plan --matrix --save ${PLAN} --outputs "$GITHUB_OUTPUT" --dispatch env:DISPATCH`;
  const env = {
    ...loggedIn(project),
    ...secrets(flistSecrets(project.config.streams)),
    DISPATCH: expression('toJSON(inputs)'),
  };
  const names = ['kmods', 'images', 'builds', 'composes'];
  return {
    name: 'plan',
    if: onMain(project),
    rights: readPackages,
    minutes: 30,
    outputs: Object.fromEntries(
      names.map((name) => [name, expression(`steps.plan.outputs.${name}`)]),
    ),
    steps: [
      ...begin(project),
      ...logIn(project),
      call(project, args, { id: 'plan', env }),
      keepPlan(project),
    ],
  };
}

function kmodsJob(project: Project): Job {
  const env = {
    ...loggedIn(project),
    ...secrets(signingSecrets(project.config.streams)),
    STREAM: expression('matrix.stream'),
    KERNEL: expression('matrix.kernel'),
  };
  const args = `run --planned ${PLAN} --only build --stream "$STREAM" --kernel "$KERNEL"`;
  return {
    name: `kmods ${expression('matrix.kernel')} (${expression("join(matrix.modules, ', ')")})`,
    needs: ['plan'],
    if: "needs.plan.outputs.builds == 'true'",
    rights: writePackages('kmods images'),
    matrix: expression('fromJSON(needs.plan.outputs.kmods)'),
    steps: [...ready(project), call(project, args, { env })],
  };
}

function imagesJob(project: Project): Job {
  const env = {
    ...loggedIn(project),
    ...secrets(trustSecrets(project.config.streams)),
    ...secrets(flistSecrets(project.config.streams)),
    STREAM: expression('matrix.stream'),
  };
  const args = `run --planned ${PLAN} --no-build --no-promote --stream "$STREAM"`;
  const rights = writePackages('candidates, verdicts and records');
  return {
    name: `image ${expression('matrix.stream')}`,
    needs: ['plan', 'kmods'],
    if: planned("needs.plan.outputs.composes == 'true'"),
    rights: {
      ...rights,
      ...(judgesKeyless(project) && signing),
      ...(attests(project) && attesting),
    },
    matrix: expression('fromJSON(needs.plan.outputs.images)'),
    steps: [...ready(project), call(project, args, { id: 'lockstep', env }), ...attest(project)],
  };
}

function promoteJob(project: Project): Job {
  const { environment } = project.config.ci;
  const rights = writePackages('the tags that hosts follow');
  const env = {
    ...loggedIn(project),
    ...secrets(trustSecrets(project.config.streams)),
    ...secrets(flistSecrets(project.config.streams)),
    STREAM: expression('matrix.stream'),
  };
  return {
    name: `promote ${expression('matrix.stream')}`,
    needs: ['plan', 'images'],
    if: planned(
      "needs.plan.outputs.composes == 'true'",
      "needs.images.result != 'skipped'",
      "(github.event_name != 'workflow_dispatch' || inputs.promote_to_stable)",
    ),
    rights: signsKeyless(project) ? { ...rights, ...signing } : rights,
    minutes: 30,
    environment,
    matrix: expression('fromJSON(needs.plan.outputs.images)'),
    steps: [
      ...begin(project),
      ...logIn(project),
      fetchPlan(project),
      call(project, `promote --planned ${PLAN} --stream "$STREAM"`, { env }),
    ],
  };
}

function reportJob(project: Project): Job {
  const { keep_alive } = project.config.ci;
  return {
    name: 'report',
    needs: ['plan', 'kmods', 'images', 'promote'],
    if: `always() && ${onMain(project)}`,
    rights: {
      ...writePackages('run records, and when upstream was last looked at'),
      issues: noted('write', 'the issue of a stream that lags'),
      ...(keep_alive && {
        actions: noted('write', 'to keep the schedule from being switched off'),
      }),
    },
    minutes: 30,
    steps: [
      ...begin(project),
      ...logIn(project),
      fetchPlan(project, { 'continue-on-error': true }),
      call(project, `report --planned ${PLAN}`, { env: loggedIn(project) }),
    ],
  };
}

/** The steps before the work of a job that builds, composes or boots. */
function ready(project: Project): Step[] {
  return [...begin(project), ...logIn(project), prepare(project), fetchPlan(project)];
}

/** Says where a new candidate comes from. */
function attest(project: Project): Step[] {
  if (!attests(project)) return [];
  const names = project.config.streams.map(({ name, publish }) => [
    name,
    `${publish.registry}/${publish.image}`,
  ]);
  const images = JSON.stringify(Object.fromEntries(names));
  const step = uses(project, 'attest', {
    if: "steps.lockstep.outputs.outcome == 'candidate'",
    with: {
      'subject-name': expression(`fromJSON(${literal(images)})[matrix.stream]`),
      'subject-digest': expression('steps.lockstep.outputs.image'),
    },
  });
  return [{ name: 'attest', ...step }];
}

/** Runs of other branches may be started by hand; they are no runs of main. */
function onMain(project: Project): string {
  return `github.ref == ${mainRef(project)}`;
}

/** When there is a plan, whatever became of the jobs between: what failed holds back itself alone. */
function planned(...conditions: string[]): string {
  return ['!cancelled()', "needs.plan.result == 'success'", ...conditions].join(' && ');
}

function flag(description: string, usual: boolean): Data {
  return { description, type: 'boolean', default: usual };
}

function text(description: string): Data {
  return { description, type: 'string', default: '' };
}
