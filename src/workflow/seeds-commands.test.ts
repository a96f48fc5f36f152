import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { StreamStatus } from '../release/status/status.ts';
import { justfile } from './extras/just.ts';
import { generateFiles } from './generate.ts';
import { missingPackages } from './machine/packages.ts';
import { planMachine } from './machine/prepare.ts';
import { pinsInFile } from './pins/find.ts';
import { verifyPin } from './pins/verify.ts';
import { failedJobs } from './runs/failed.ts';
import { checkInputs } from './runs/inputs.ts';
import type { Run, RunsApi } from './runs/run.ts';
import { LOG } from './runs/testing/answers.ts';
import { wantedSettings } from './settings/settings.ts';
import { aProject, stepsOf, workflowsOf } from './testing/project.ts';
import { planIssues } from './tracker/lag-issues.ts';

const project = aProject({ ci: '{ ignition: butane.yaml, environment: production }' });
const files = generateFiles(project);
const workflows = workflowsOf(project);

/** The recipes of the Justfile with the one line that each of them is. */
const recipes = new Map(
  [...justfile(project).matchAll(/^([a-z-]+)(.*):\n {4}\S+\/lockstep (.*)$/gm)].map(
    ([, name = '', , args = '']) => [name, args],
  ),
);

const DAY = 86_400;
const LAGS: StreamStatus = {
  stream: 'nas',
  state: 'behind',
  upstreamKernel: '6.2',
  stableKernels: ['6.1'],
  modules: {},
  lag: {
    kernels: ['6.2'],
    since: '2026-11-20T07:30:00Z',
    seconds: 4 * DAY,
    held: { step: 'boot', message: 'zfs.ko did not load', rules: [], findings: [] },
  },
};

/** The jobs of a run that failed, each with this log. */
function failuresIn(log: string) {
  const api = { log: () => Promise.resolve(log) } as unknown as RunsApi;
  const job = { id: 1, name: 'image nas', state: 'done', result: 'failure' } as const;
  return failedJobs(api, {} as Run, [job]);
}

describe('what people do with the repositories of the seeds', () => {
  it('W27: runs are started and watched, with the inputs of the file', () => {
    const build = files.find(({ path }) => path.endsWith('/build.yml'));
    if (!build) throw new Error('not generated');

    expect(recipes.get('run-workflow')).toBe('workflow run {{ARGS}}');
    expect(recipes.get('workflow-status')).toBe('workflow status');
    expect(() => checkInputs('github', build, { force_rebuild: 'true' })).not.toThrow();
    expect(() => checkInputs('github', build, { rebuild: 'true' })).toThrow(/no input rebuild/);
  });

  it('W28: the recipes of the seeds, each one command', () => {
    const versions = ['versions', 'zfs-version', 'kernel-version', 'kernel-major-minor'];
    const builds = ['check-compatibility', 'build', 'build-force', 'test-build'];
    const images = ['list-rpms', 'extract-rpms', 'run-workflow', 'workflow-status'];
    const others = ['cleanup-dry-run', 'butane', 'generate-ignition'];

    const all = [...versions, 'fedora-version', ...builds, ...images, ...others];
    expect([...recipes.keys()]).toEqual(all);
  });

  it('W29: settings of the repository, by what the configuration uses', () => {
    expect(wantedSettings(project.config)).toEqual({
      branch: 'main',
      environment: 'production',
      pages: true,
      secrets: ['HOST_NAME', 'SIGNING_KEY', 'SIGNING_PASSPHRASE'],
      packages: ['kinoite-zfs', 'kmods-zfs'].map((name) => ({ owner: 'example', name })),
    });
  });

  it('W30: machines are asked for every program, and given the packages of those they lack', () => {
    const packages = missingPackages(project.config.streams, { PATH: '/nowhere' });
    const facts = { free: 1e12, removable: [], kvm: 'usable', namespacesClosed: false } as const;

    expect(packages).toEqual(expect.arrayContaining(['buildah', 'git', 'uidmap']));
    expect(planMachine({ ...facts, packages }).at(-1)?.command).toEqual(
      expect.arrayContaining(['apt-get', 'install', ...packages]),
    );
  });

  it('W31: what is pinned at a commit is asked for at its source', async () => {
    const pins = files.flatMap(({ path, text }) => pinsInFile(path, text));
    const action = pins.find(({ kind }) => kind === 'action');
    if (!action) throw new Error('nothing is pinned');
    const repository = { tags: [], holds: () => Promise.resolve(false) };
    const upstream = {
      repository: () => Promise.resolve(repository),
      image: () => Promise.resolve(undefined),
      keyProblem: () => Promise.resolve(undefined),
    };

    expect(await verifyPin(action, upstream)).toMatchObject([
      { rule: 'foreign-commit' },
      { rule: 'unknown-version' },
    ]);
  });

  it('W32: no workflow has logic, and none patches anything', () => {
    const scripts = Object.values(workflows)
      .flatMap(stepsOf)
      .flatMap(({ step }) => step.run ?? []);

    expect(scripts.length).toBeGreaterThan(20);
    for (const script of scripts) {
      expect(script).not.toMatch(/\b(?:sed|perl|awk|jq|curl|if|for|while)\b|[;&|\n]/);
      expect(script).toMatch(/^(?:\S+\/lockstep |npm ci |exit 1$)/);
    }
  });

  it('W33: every run is reported, whatever became of it, and people are notified by an issue', () => {
    expect(workflows['build.yml']?.jobs.report?.if).toMatch(/^always\(\)/);
    expect(planIssues([], [LAGS], 3 * DAY)).toMatchObject([{ action: 'open' }]);
  });

  it('W34: the issue says how long stable lags, and what holds it', () => {
    const [first] = planIssues([], [LAGS], 3 * DAY);

    expect(first?.issue.title).toBe('nas: stable lags behind upstream, held by boot');
    for (const said of ['upstream: 6.2', 'stable: 6.1', 'since: 2026-11-20', 'did not load'])
      expect(first?.issue.body).toContain(said);
  });

  it.each([
    ['compat: zfs 2.4.3 supports Linux up to 6.18', 'compat'],
    ['build: kmods: configure: error', 'build'],
    ['resolve: there is no release of 2.9', 'resolve'],
  ])('W38: of a failed job people read the step and what to do: %s', async (said, step) => {
    const log = `nas  FAIL   ${said}\nerror: the run failed\nhint: lockstep versions\n`;

    expect(await failuresIn(log)).toMatchObject([
      { job: 'image nas', stream: 'nas', step, hint: 'lockstep versions' },
    ]);
    expect(await failuresIn(LOG)).toMatchObject([{ step: 'boot' }]);
  });
});

describe('the list of what the seeds do', () => {
  it('has a test for each of its rows', () => {
    const texts = ['seeds', 'seeds-runs', 'seeds-commands'].map((name) =>
      readFileSync(new URL(`${name}.test.ts`, import.meta.url), 'utf8'),
    );
    const titles = texts.flatMap((text) => text.match(/'W\d[^']*'/g) ?? []);
    const rows = titles.flatMap((title) => title.match(/\bW\d+\b/g) ?? []);

    expect([...new Set(rows)].map((row) => Number(row.slice(1))).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 38 }, (_, at) => at + 1),
    );
  });
});
