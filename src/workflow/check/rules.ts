import { expressionsIn } from './expression.ts';
import type { PlacedFinding } from './finding.ts';
import type { Part, WorkflowFile } from './workflow-file.ts';

/** A rule looks at a whole workflow. */
type Rule = (workflow: Part) => PlacedFinding[];

/** Events whose runs have secrets and the rights of the repository, and the code of strangers at hand. */
const DANGEROUS: Record<string, string> = {
  pull_request_target: 'on: pull_request, which has no secrets',
  workflow_run:
    'do it in the workflow itself; what another run left behind is a stranger’s to write',
};

const dangerousEvents: Rule = (workflow) =>
  workflow.get('on').names.flatMap(([name, event]) => {
    const hint = Object.hasOwn(DANGEROUS, name) ? DANGEROUS[name] : undefined;
    if (hint == null) return [];
    const message = `${name} runs with secrets and rights on what strangers wrote`;
    return [event.finding({ rule: name.replaceAll('_', '-'), severity: 'error', message, hint })];
  });

const rights: Rule = (workflow) => {
  const open = jobsOf(workflow).filter(([, job]) => !job.has('permissions'));
  const missing = workflow.has('permissions')
    ? []
    : open.map(([name, job]) =>
        job.finding({
          rule: 'missing-rights',
          severity: 'error',
          message: `job ${name} has whatever rights the repository gives by default`,
          hint: 'permissions: {} at the top, and for each job those that it needs',
        }),
      );
  const all = [workflow, ...jobsOf(workflow).map(([, job]) => job)]
    .map((holder) => holder.get('permissions'))
    .filter((permissions) => /^(?:write|read)-all$/.test(permissions.text ?? ''));
  const tooWide = all.map((permissions) =>
    permissions.finding({
      rule: 'too-many-rights',
      severity: 'error',
      message: `${permissions.text} gives every right there is`,
      hint: 'name the rights that the job needs: contents: read',
    }),
  );
  return [...missing, ...tooWide];
};

const limits: Rule = (workflow) =>
  jobsOf(workflow)
    .filter(([, job]) => !job.has('uses') && !job.has('timeout-minutes'))
    .map(([name, job]) =>
      job.finding({
        rule: 'missing-limit',
        severity: 'warning',
        message: `job ${name} may hang for six hours`,
        hint: 'timeout-minutes: 30',
      }),
    );

const concurrency: Rule = (workflow) => {
  const on = workflow.get('on');
  const jobs = jobsOf(workflow);
  const onlyCalled = on.names.every(([name]) => name === 'workflow_call');
  if (onlyCalled || workflow.has('concurrency')) return [];
  if (jobs.every(([, job]) => job.has('concurrency'))) return [];
  return [
    on.finding({
      rule: 'missing-concurrency',
      severity: 'warning',
      message: 'runs of it work beside each other, on the same tags and pages',
      hint: 'concurrency: { group: "${{ github.workflow }}-${{ github.ref }}" }',
    }),
  ];
};

const inheritedSecrets: Rule = (workflow) =>
  jobsOf(workflow)
    .filter(([, job]) => job.get('secrets').text === 'inherit')
    .map(([name, job]) =>
      job.get('secrets').finding({
        rule: 'inherited-secrets',
        severity: 'error',
        message: `job ${name} hands on every secret of the repository`,
        hint: 'name those that it needs: secrets: { NAME: "${{ secrets.NAME }}" }',
      }),
    );

const wideSecrets: Rule = (workflow) =>
  [workflow, ...jobsOf(workflow).map(([, job]) => job)].flatMap((holder) =>
    holder
      .get('env')
      .entries.filter(([, value]) => namesSecrets(value.text ?? ''))
      .map(([name, value]) =>
        value.finding({
          rule: 'wide-secret',
          severity: 'warning',
          message: `every step, and every action in it, sees ${name}`,
          hint: 'put it into env of the step that needs it',
        }),
      ),
  );

const scripts: Rule = (workflow) =>
  stepsOf(workflow).flatMap((step) =>
    [step.get('run'), step.get('with').get('script')].flatMap(expressionsOf),
  );

const pinned: Rule = (workflow) => {
  const called = jobsOf(workflow).map(([, job]) => job);
  return [...called, ...stepsOf(workflow)].flatMap((user) => {
    const uses = user.get('uses');
    if (uses.text == null || isPinned(uses.text)) return [];
    return [
      uses.finding({
        rule: 'unpinned-action',
        severity: 'error',
        message: `${uses.text} is whatever its owner makes of it by then`,
        hint: uses.text.startsWith('docker://')
          ? digestHint(uses.text)
          : `${uses.text.replace(/@.*/, '')}@COMMIT # VERSION, all 40 digits of the commit`,
      }),
    ];
  });
};

/** Images that jobs run in or beside, and those that actions are; what an expression names is not known. */
const pinnedImages: Rule = (workflow) => {
  const jobs = jobsOf(workflow).map(([, job]) => job);
  const services = jobs.flatMap((job) => job.get('services').entries.map(([, one]) => one));
  const containers = [...jobs.map((job) => job.get('container')), ...services];
  const action = workflow.get('runs').get('image');
  const images = containers.map((one) => (one.text == null ? one.get('image') : one));
  if (action.text?.startsWith('docker://')) images.push(action);
  return images.flatMap((image) => {
    const { text = '' } = image;
    if (text === '' || text.includes('${{') || /@sha256:[0-9a-f]{64}$/.test(text)) return [];
    return [
      image.finding({
        rule: 'unpinned-image',
        severity: 'error',
        message: `${text} is whatever its owner makes of it by then`,
        hint: digestHint(text),
      }),
    ];
  });
};

const credentials: Rule = (workflow) =>
  stepsOf(workflow)
    .filter((step) => /(?:^|\/)actions\/checkout@/i.test(step.get('uses').text ?? ''))
    .filter((step) => step.get('with').get('persist-credentials').text !== 'false')
    .map((step) =>
      step.get('uses').finding({
        rule: 'left-credentials',
        severity: 'warning',
        message: 'checkout leaves the token of the job in the folder, for every step after it',
        hint: 'with: { persist-credentials: false }',
      }),
    );

const RULES = [
  dangerousEvents,
  rights,
  limits,
  concurrency,
  inheritedSecrets,
  wideSecrets,
  scripts,
  pinned,
  pinnedImages,
  credentials,
];

/** Rules that speak of the steps of an action as well. */
const ACTION_RULES = [scripts, pinned, pinnedImages, credentials];

/** What is wrong in a workflow, or in an action of the project, in the order of its lines. */
export function checkWorkflow(file: WorkflowFile): PlacedFinding[] {
  const broken = file.errors.map(({ offset, message }) =>
    file.finding(offset, { rule: 'unreadable', severity: 'error', message }),
  );
  if (broken.length > 0) return broken;
  const rules = file.root.has('runs') ? ACTION_RULES : RULES;
  // What several aliases stand for is seen several times.
  const found = new Map(
    rules
      .flatMap((rule) => rule(file.root))
      .map((one) => [`${one.rule} ${one.where.line}:${one.where.column}`, one]),
  );
  return [...found.values()].sort(
    (a, b) => a.where.line - b.where.line || a.where.column - b.where.column,
  );
}

function jobsOf(workflow: Part): [string, Part][] {
  return workflow.get('jobs').entries;
}

function stepsOf(workflow: Part): Part[] {
  const jobs = jobsOf(workflow).map(([, job]) => job);
  return [...jobs, workflow.get('runs')].flatMap((job) => job.get('steps').items);
}

/** Expressions are put into a script before a shell reads it: a value may be a command. */
function expressionsOf(script: Part): PlacedFinding[] {
  if (script.text == null) return [];
  const { from, to } = script.range;
  const written = expressionsIn(script.file.text.slice(from, to));
  // Escapes of YAML may hide one: then it has no place of its own.
  const hidden = written.length === 0 ? expressionsIn(script.text) : [];
  return [...written, ...hidden].map(({ index, whole, content }) =>
    script.file.finding(hidden.length > 0 ? from : from + index, {
      rule: 'expression-in-script',
      severity: 'error',
      message: `${content} becomes part of the script, whatever it holds`,
      hint: `env: { VALUE: "${whole}" }, and "$VALUE" in the script`,
    }),
  );
}

function namesSecrets(text: string): boolean {
  return expressionsIn(text).some(({ content }) => /\bsecrets\b/i.test(content));
}

function digestHint(image: string): string {
  return `${image}@sha256:…, the digest that its tag names now`;
}

/** Files of the project, images by digest, and commits with all their digits are what they are. */
function isPinned(uses: string): boolean {
  if (uses.startsWith('./')) return true;
  if (uses.startsWith('docker://')) return /@sha256:[0-9a-f]{64}$/.test(uses);
  return /@[0-9a-f]{40}$/.test(uses);
}
