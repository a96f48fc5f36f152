import { describe, expect, it } from 'vitest';
import { makerOf, sealed } from './document/seal.ts';
import { generateFiles } from './generate.ts';
import { gitlabPipeline } from './gitlab/pipeline.ts';
import { planFiles } from './plan.ts';
import { aProject, type ReadWorkflow, stepsOf, workflowsOf } from './testing/project.ts';

const FULL = '{ environment: production, ignition: butane.yaml }';

/** The same kind of rows for all workflows of an engine. */
function all(ci = FULL, registry?: string): [string, ReadWorkflow][] {
  return Object.entries(workflowsOf(aProject({ ci, ...(registry && { registry }) })));
}

describe('generateFiles', () => {
  it('makes the same bytes every time', () => {
    const project = aProject({
      ci: FULL,
      extras: ['just', 'renovate', 'dependabot', 'devcontainer'],
    });

    expect(generateFiles(project)).toEqual(generateFiles(structuredClone(project)));
    expect(generateFiles(project).map(({ path }) => path)).toEqual([
      '.github/workflows/build.yml',
      '.github/workflows/build-branch.yml',
      '.github/workflows/build-pr.yml',
      '.github/workflows/cleanup-images.yml',
      '.github/workflows/pages.yml',
      '.github/lockstep/package.json',
      'Justfile',
      'renovate.json',
      '.github/dependabot.yml',
      '.devcontainer/devcontainer.json',
    ]);
  });

  it('gives no right at the top, and each job its own', () => {
    for (const [, workflow] of all()) {
      expect(workflow.permissions).toEqual({});
      for (const job of Object.values(workflow.jobs)) expect(job.permissions).toBeDefined();
    }
  });

  it('lets no quote of a branch or a registry end the text of a condition', () => {
    const workflows = workflowsOf(aProject({ ci: `{ branch: "it's" }`, registry: "ghcr.io/o'x" }));
    const conditions = Object.values(workflows).flatMap(({ jobs }) =>
      Object.values(jobs).flatMap(({ if: condition }) => condition ?? []),
    );
    const ofMain = conditions.filter((condition) => condition.includes('github.ref =='));

    expect(ofMain.length).toBeGreaterThan(2);
    for (const condition of ofMain) expect(condition).toContain("'refs/heads/it''s'");
    expect(JSON.stringify(workflows)).toContain("ghcr.io/o''x");
  });

  it('limits the time of every job, by the configuration', () => {
    const minutes = (limit: number) =>
      all(`{ timeout_minutes: ${limit} }`).flatMap(([, { jobs }]) =>
        Object.values(jobs).map((job) => job['timeout-minutes']),
      );

    expect(Math.max(...minutes(90))).toBe(90);
    expect(Math.max(...minutes(20))).toBe(20);
    expect(minutes(90).every((limit) => limit > 0)).toBe(true);
  });

  it('signs by the identity of a job only where something is signed', () => {
    const holders = (ci: string) =>
      all(ci).flatMap(([file, { jobs }]) =>
        Object.entries(jobs)
          .filter(([, { permissions }]) => permissions['id-token'] || permissions.attestations)
          .map(([job]) => `${file} ${job}`),
      );

    expect(holders(FULL)).toEqual(['build.yml images', 'pages.yml publish']);
    expect(holders('{ attest: false }')).toEqual([]);
  });

  it('gives a secret to the step that needs it, and to no other', () => {
    const holders = all().flatMap(([file, workflow]) =>
      stepsOf(workflow)
        .filter(({ step }) => JSON.stringify(step).includes('secrets.'))
        .map(({ job, step }) => [file, job.name.split(' ')[0], Object.keys(step.env ?? {})]),
    );

    expect(holders).toEqual([
      [
        'build.yml',
        'kmods',
        ['GITHUB_TOKEN', 'SIGNING_KEY', 'SIGNING_PASSPHRASE', 'STREAM', 'KERNEL'],
      ],
      [
        'build-branch.yml',
        'build',
        ['GITHUB_TOKEN', 'SIGNING_KEY', 'SIGNING_PASSPHRASE', 'BRANCH'],
      ],
      ['pages.yml', 'make', ['HOST_NAME']],
    ]);
    for (const [, workflow] of all())
      for (const job of Object.values(workflow.jobs)) expect(job.env).toBeUndefined();
  });

  it('gives the key that signs to the steps that judge and promote, and to no other', () => {
    const { 'build.yml': build } = workflowsOf(aProject({ trust: '{ key: "env:SIGN" }' }));
    const holders = build ? stepsOf(build).filter(({ step }) => step.env?.['SIGN']) : [];

    const key = expect.objectContaining({
      SIGN: '${{ secrets.SIGN }}',
      COSIGN_PASSWORD: '${{ secrets.COSIGN_PASSWORD }}',
    });
    expect(holders.map(({ job, step }) => [job.name.split(' ')[0], step.env])).toEqual([
      ['image', key],
      ['promote', key],
    ]);
  });

  it('lets the jobs that judge and promote sign as themselves where they are to, and no other', () => {
    const identified = (keyless: string, key = 'key: "env:SIGN", ') => {
      const trust = `{ ${key}keyless: ${keyless} }`;
      const { 'build.yml': build } = workflowsOf(aProject({ trust, ci: '{ attest: false }' }));
      const jobs = Object.entries(build?.jobs ?? {});
      return jobs.filter(([, job]) => job.permissions['id-token']).map(([name]) => name);
    };

    expect(identified('true')).toEqual(['promote']);
    expect(identified('{ token: "env:TOKEN" }')).toEqual([]);
    expect(identified('{ root: root.json }', '')).toEqual(['images', 'promote']);
    const pipeline = gitlabPipeline(aProject({ trust: '{ key: "env:SIGN", keyless: true }' }));
    expect(pipeline).toMatchObject({
      promote: { id_tokens: { SIGSTORE_ID_TOKEN: { aud: 'sigstore' } } },
    });
    expect(JSON.stringify(pipeline).match(/id_tokens/g)).toHaveLength(1);
    const alone = gitlabPipeline(aProject({ trust: '{ keyless: { root: root.json } }' }));
    expect(JSON.stringify(alone).match(/id_tokens/g)).toHaveLength(2);
  });

  it('logs in by a secret where the registry does not take the token of the job', () => {
    const logins = all(FULL, 'registry.example/me').flatMap(([file, workflow]) =>
      stepsOf(workflow)
        .filter(({ step }) => step.run?.endsWith(' workflow login'))
        .map(({ job, step }) => [file, job.name.split(' ')[0], step.env?.LOCKSTEP_REGISTRY_AUTH]),
    );

    expect(new Set(logins.map(([, , secret]) => secret))).toEqual(
      new Set(['${{ secrets.LOCKSTEP_REGISTRY_AUTH }}']),
    );
    expect(logins.map(([file, job]) => `${file} ${job}`)).toEqual([
      'build.yml plan',
      'build.yml kmods',
      'build.yml image',
      'build.yml promote',
      'build.yml report',
      'build-branch.yml build',
      'cleanup-images.yml cleanup',
      'pages.yml make',
    ]);
  });

  it('makes pages of the status alone where there is no first boot', () => {
    const scripts = (ci: string) =>
      Object.values(workflowsOf(aProject({ ci }))['pages.yml']?.jobs ?? {})
        .flatMap(({ steps }) => steps.flatMap(({ run }) => run ?? []))
        .filter((script) => !script.startsWith('npm '))
        .map((script) => script.replace(/^\S+\/lockstep /, ''));

    expect(scripts('{ pages: true }')).toEqual(['status --html public/index.html']);
    expect(scripts('{ ignition: other.bu }')).toEqual([
      'status --html public/status.html',
      'ignition build other.bu -o public/',
    ]);
    expect(scripts('{}')).toEqual([]);
  });

  it('gives a pull request no right to write, no secret and no token', () => {
    const workflow = workflowsOf(aProject({ registry: 'registry.example/me' }))['build-pr.yml'];
    if (!workflow) throw new Error('not generated');

    expect(Object.keys(workflow.on)).toEqual(['pull_request', 'merge_group']);
    for (const { permissions } of Object.values(workflow.jobs))
      expect([{ contents: 'read' }, {}]).toContainEqual(permissions);
    expect(JSON.stringify(workflow)).not.toMatch(/secrets\.|github\.token|id-token/);
  });

  it('has no logic: each script is one command, and no expression stands in it', () => {
    const scripts = all().flatMap(([, workflow]) =>
      stepsOf(workflow).flatMap(({ step }) => (step.run == null ? [] : [step.run])),
    );

    expect(scripts.length).toBeGreaterThan(20);
    for (const script of scripts) {
      expect(script).not.toMatch(/\$\{\{|[;&|\n<>`]|\$\(/);
      expect(script).toMatch(
        /^(?:npm ci |exit 1$|\.github\/lockstep\/node_modules\/\.bin\/lockstep )/,
      );
    }
  });

  it('pins actions at commits, with their versions, and leaves no credentials behind', () => {
    for (const { path, text } of generateFiles(aProject({ ci: FULL }))) {
      if (!path.endsWith('.yml')) continue;
      const uses = [...text.matchAll(/uses: (.*)/g)].map(([, used]) => used);
      for (const used of uses) expect(used).toMatch(/^[\w./:-]+@[0-9a-f]{40} # v\d/);
    }
    for (const [, workflow] of all())
      for (const { step } of stepsOf(workflow))
        if (step.uses?.includes('/checkout@'))
          expect(step.with).toMatchObject({ 'persist-credentials': false });
  });

  it('keeps commits of actions that were renewed in the project', () => {
    const renewed = { action: 'actions/checkout', commit: 'f'.repeat(40), version: 'v8.0.0' };
    const project = { ...aProject(), pins: new Map([[renewed.action, renewed]]) };

    const [file] = generateFiles(project);

    expect(file?.text).toContain(`uses: actions/checkout@${renewed.commit} # v8.0.0\n`);
  });

  it('never ends a run of main for a newer one, and ends older ones of branches', () => {
    const cancels = all().map(([file, { concurrency }]) => [
      file,
      concurrency['cancel-in-progress'],
    ]);

    expect(Object.fromEntries(cancels)).toEqual({
      'build.yml': false,
      'build-branch.yml': true,
      'build-pr.yml': true,
      'cleanup-images.yml': false,
      'pages.yml': false,
    });
  });

  it('refuses a folder of the project as the registry: it is gone with the job', () => {
    expect(() => generateFiles(aProject({ registry: 'oci:./store' }))).toThrow(
      /is gone with the job/,
    );
    expect(generateFiles(aProject({ registry: 'oci:/srv/store' })).length).toBeGreaterThan(0);
  });

  it('says who speaks for the images of which stream', () => {
    const several = workflowsOf(aProject({ streams: 2 }))['build.yml'];
    const attest = several?.jobs.images?.steps.find(({ name }) => name === 'attest');

    expect(attest?.with?.['subject-name']).toBe(
      '${{ fromJSON(\'{"kinoite-zfs":"ghcr.io/example/kinoite-zfs","kinoite-zfs-1":"ghcr.io/example/kinoite-zfs-1"}\')[matrix.stream] }}',
    );
  });
});

describe('planFiles', () => {
  const made = generateFiles(aProject());
  const there = new Map(made.map(({ path, text }) => [path, text]));
  const [first = { path: '', text: '' }] = made;
  const actions = (now: ReadonlyMap<string, string>, force = false) =>
    planFiles(made, now, { force }).map(({ action }) => action);

  it('does nothing when all is there', () => {
    expect(new Set(actions(there))).toEqual(new Set(['keep']));
  });

  it('writes anew what it made itself, and leaves what was edited unless it is told to', () => {
    const older = sealed(first.text.replace('name: build', 'name: older'));
    const edited = first.text.replace('name: build', 'name: mine');

    expect(actions(new Map(there).set(first.path, older))[0]).toBe('write');
    expect(actions(new Map(there).set(first.path, edited))[0]).toBe('differs');
    expect(actions(new Map(there).set(first.path, edited), true)[0]).toBe('write');
    expect(actions(new Map(there).set(first.path, 'name: theirs\n'))[0]).toBe('differs');
  });

  it('removes what nothing makes any more, when nobody edited it', () => {
    const old = '.github/workflows/pages.yml';
    const pages = sealed(
      '# Made by lockstep workflow generate; sha256:' + '0'.repeat(64) + '\nx: 1\n',
    );

    expect(planFiles(made, new Map(there).set(old, pages)).at(-1)).toMatchObject({
      path: old,
      action: 'remove',
    });
    expect(planFiles(made, new Map(there).set(old, `${pages}y: 2\n`))).toHaveLength(made.length);
  });
});

describe('sealed', () => {
  const [{ text } = { text: '' }] = generateFiles(aProject());

  it('sees every edit but that of a pin', () => {
    const renewed = text.replaceAll(/@[0-9a-f]{40} # v\S+/g, `@${'a'.repeat(40)} # v99.0.0`);

    expect(makerOf(text)).toBe('lockstep');
    expect(makerOf(renewed)).toBe('lockstep');
    expect(renewed).not.toBe(text);
    expect(makerOf(text.replace('main', 'mein'))).toBe('edited');
    expect(makerOf(`${text}\n`)).toBe('edited');
    expect(makerOf(text.split('\n').slice(1).join('\n'))).toBe('other');
  });
});
