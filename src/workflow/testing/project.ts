import { parse } from 'yaml';
import { formatProblems } from '../../config/load.ts';
import { parseConfig } from '../../config/parse.ts';
import { generateFiles } from '../generate.ts';
import type { Extra } from '../project/extra.ts';
import type { Project } from '../project/project.ts';

/** A project of one Fedora stream; `ci` is the key of that name, `registry` where it publishes. */
export function aProject(
  options: {
    ci?: string;
    registry?: string;
    extras?: readonly Extra[];
    streams?: number;
    trust?: string;
  } = {},
): Project {
  const { ci = '{}', trust, registry = 'ghcr.io/example', extras = [], streams = 1 } = options;
  const listed = Array.from({ length: streams }, (_, at) => aStream(at, registry)).join('');
  const signed = trust == null ? listed : `${listed}    trust: ${trust}\n`;
  const parsed = parseConfig(`version: 1\nstreams:\n${signed}ci: ${ci}\n`, 'lockstep.yaml');
  if (parsed.problems) throw new Error(formatProblems(parsed.problems).join('\n'));
  return { config: parsed.config, version: '0.1.0', pins: new Map(), extras };
}

function aStream(at: number, registry: string): string {
  const name = at === 0 ? 'kinoite-zfs' : `kinoite-zfs-${at}`;
  return `  - name: ${name}
    base: { image: "host.example/base:latest" }
    builder: { image: "host.example/builder:{os_version}" }
    modules: [{ name: zfs, openzfs: "2.4" }]
    signing: { key: "env:SIGNING_KEY", passphrase: "env:SIGNING_PASSPHRASE" }
    ignition: { source: butane.yaml, variables: { host: "env:HOST_NAME" } }
    publish: { registry: "${registry}", image: ${name}, kmods: kmods-zfs }
`;
}

/** A generated workflow, read again as an engine reads it. */
export interface ReadWorkflow {
  on: Record<string, unknown>;
  permissions: unknown;
  concurrency: { group: string; 'cancel-in-progress': boolean };
  jobs: Record<string, ReadJob>;
}

export interface ReadJob {
  name: string;
  needs?: string[];
  if?: string;
  'timeout-minutes': number;
  environment?: unknown;
  permissions: Record<string, string>;
  strategy?: { 'fail-fast': boolean; matrix: string };
  outputs?: Record<string, string>;
  env?: Record<string, string>;
  steps: ReadStep[];
}

export interface ReadStep {
  name?: string;
  id?: string;
  if?: string;
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
  'continue-on-error'?: boolean;
}

/** The workflows that a project generates, by the names of their files. */
export function workflowsOf(project: Project): Record<string, ReadWorkflow> {
  const files = generateFiles(project).filter(({ path }) => path.includes('/workflows/'));
  return Object.fromEntries(
    files.map(({ path, text }) => [path.replace(/^.*\//, ''), parse(text) as ReadWorkflow]),
  );
}

/** Every step of a workflow with the job that it belongs to. */
export function stepsOf(workflow: ReadWorkflow): { job: ReadJob; step: ReadStep }[] {
  return Object.values(workflow.jobs).flatMap((job) => job.steps.map((step) => ({ job, step })));
}
