import type { Data } from '../document/data.ts';
import { install, PLAN, program } from '../hub/steps.ts';
import { judgesKeyless, loginOf, type Project, signsKeyless } from '../project/project.ts';

const AUTH_FILE = '$CI_PROJECT_DIR/.lockstep/registry-auth.json';

/** What a job of the pipeline is, beside what all have. */
interface PipelineJob {
  stage: string;
  rules: Data;
  /** Arguments of lockstep, one command after the other. */
  calls: readonly string[];
  needs?: readonly string[];
  variables?: Readonly<Record<string, string>>;
  /** Logs in at the registry. */
  login?: true;
  [key: string]: Data;
}

/**
 * The pipeline of GitLab. What is built is known only when the pipeline runs, so its jobs are there
 * always, one for each stream, and find nothing to do where there is nothing; kmods that streams share
 * are built by the first of them. Variables that may hold
 * secrets are protected ones of the project: no pipeline of a merge request sees them.
 */
export function gitlabPipeline(project: Project): Data {
  const streams = project.config.streams.map(({ name }) => name);
  const main = onMain(project);
  const each = { parallel: { matrix: [{ STREAM: streams }] } };
  const jobs: Record<string, PipelineJob> = {
    plan: {
      stage: 'plan',
      rules: main,
      login: true,
      calls: [`plan --matrix --save ${PLAN}`],
      artifacts: { when: 'always', paths: [`${PLAN}/`] },
    },
    kmods: {
      stage: 'kmods',
      rules: main,
      needs: ['plan'],
      login: true,
      calls: ['workflow prepare', `run --planned ${PLAN} --only build --stream "$STREAM"`],
      allow_failure: true,
      ...each,
    },
    images: {
      stage: 'images',
      rules: main,
      needs: ['plan', 'kmods'],
      login: true,
      calls: [
        'workflow prepare',
        `run --planned ${PLAN} --no-build --no-promote --stream "$STREAM"`,
      ],
      allow_failure: true,
      id_tokens: judgesKeyless(project) ? IDENTITY : undefined,
      ...each,
    },
    promote: {
      stage: 'promote',
      rules: main,
      needs: ['plan', 'images'],
      login: true,
      calls: [`promote --planned ${PLAN} --stream "$STREAM"`],
      resource_group: 'lockstep-promotion',
      environment: project.config.ci.environment,
      id_tokens: signsKeyless(project) ? IDENTITY : undefined,
      ...each,
    },
    report: {
      stage: 'report',
      rules: main.map((rule) => ({ ...rule, when: 'always' })),
      needs: ['plan', 'kmods', 'images', 'promote'],
      login: true,
      calls: [`report --planned ${PLAN}`],
    },
    branch: {
      stage: 'images',
      rules: onBranch(project),
      login: true,
      calls: ['workflow prepare', 'run --channel branch --branch "$CI_COMMIT_BRANCH" --keep-going'],
      interruptible: true,
      resource_group: 'lockstep-branch-$CI_COMMIT_REF_SLUG',
    },
    lockstep: {
      stage: 'images',
      rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }],
      calls: ['workflow prepare', `run --channel pull-request --keep-going ${SINCE}`],
      variables: WHOLE_HISTORY,
      interruptible: true,
    },
    cleanup: {
      stage: 'report',
      rules: [{ if: `${SCHEDULED} && $LOCKSTEP_TASK == "cleanup"` }],
      login: true,
      calls: ['cleanup --keep-days 90 --keep-newest 3 --yes', 'cleanup --channel branch --yes'],
    },
  };
  return {
    stages: ['plan', 'kmods', 'images', 'promote', 'report'],
    default: { tags: [project.config.ci.runner] },
    ...Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, jobData(project, job)])),
  };
}

/** What a job proves by who it is, where it signs as itself. */
const IDENTITY = { SIGSTORE_ID_TOKEN: { aud: 'sigstore' } };

/** Documents alone build nothing; the job is there all the same, as merging may wait for it. */
const SINCE = '--changed-since "$CI_MERGE_REQUEST_DIFF_BASE_SHA"';
const WHOLE_HISTORY = { GIT_DEPTH: '0' };

const SCHEDULED = '$CI_PIPELINE_SOURCE == "schedule"';

function jobData(project: Project, { calls, login, variables, ...job }: PipelineJob): Data {
  const logsIn = login && loginOf(project) === 'file';
  const all = logsIn ? ['workflow login', ...calls] : calls;
  const installed = install(project).flatMap(({ run }) => (run == null ? [] : [run]));
  const { timeout_minutes } = project.config.ci;
  return {
    ...job,
    variables: logsIn ? { ...variables, REGISTRY_AUTH_FILE: AUTH_FILE } : variables,
    timeout: `${timeout_minutes} minutes`,
    script: [...installed, ...all.map((args) => `${program(project)} ${args}`)],
  };
}

/** Runs of main: of the protected branch alone, and none of the schedule that cleans up. */
function onMain({ config }: Project): { if: string }[] {
  const isMain = `$CI_COMMIT_BRANCH == "${config.ci.branch}" && $CI_COMMIT_REF_PROTECTED == "true"`;
  const source =
    '$CI_PIPELINE_SOURCE =~ /^(push|web|api|schedule)$/ && $LOCKSTEP_TASK != "cleanup"';
  return [{ if: `${isMain} && ${source}` }];
}

function onBranch({ config }: Project): Data {
  return [
    {
      if: `$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH && $CI_COMMIT_BRANCH != "${config.ci.branch}"`,
    },
  ];
}
