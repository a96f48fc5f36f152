import { describe, expect, it } from 'vitest';
import { aProject, stepsOf, workflowsOf } from './testing/project.ts';

const files = workflowsOf(aProject({ ci: '{ ignition: butane.yaml }' }));

/** Triggers of the generated files, by the names of their files. */
const on = Object.fromEntries(Object.entries(files).map(([file, workflow]) => [file, workflow.on]));
const DOCUMENTS = ['**/*.md', 'docs/**'];

function scripts(file: string, job: string): string {
  const steps = stepsOf(
    files[file] ?? {
      on: {},
      permissions: {},
      concurrency: { group: '', 'cancel-in-progress': false },
      jobs: {},
    },
  );
  return steps
    .filter((one) => one.job === files[file]?.jobs[job])
    .map(({ step }) => step.run ?? '')
    .join('\n');
}

describe('what the workflows of the seeds do', () => {
  it('W1 W2 W3 W4: main runs on push without documents, daily at 06:00 UTC, and by hand', () => {
    expect(on['build.yml']).toMatchObject({
      push: { branches: ['main'], 'paths-ignore': DOCUMENTS },
      schedule: [{ cron: '0 6 * * *' }],
      workflow_dispatch: {},
    });
    expect(on['build-branch.yml']).toMatchObject({ push: { 'paths-ignore': DOCUMENTS } });
    expect(scripts('build-pr.yml', 'changes')).toContain('workflow changes --since');
  });

  it('W5 W6 W7 W8: inputs by hand, as the seeds name them', () => {
    expect(on['build.yml']?.workflow_dispatch).toMatchObject({
      inputs: {
        promote_to_stable: { type: 'boolean', default: true },
        use_input_lock: { type: 'boolean', default: false },
        lock_file: { type: 'string', default: '' },
        build_container_image: { type: 'string', default: '' },
        force_rebuild: { type: 'boolean', default: false },
      },
    });
  });

  it('W9 W10 W11: the first job resolves, keeps what it resolved, and all others use that', () => {
    const { jobs = {} } = files['build.yml'] ?? {};
    const kept = jobs.plan?.steps.find(({ uses }) => uses?.includes('upload-artifact'));

    expect(kept).toMatchObject({
      if: '${{ !cancelled() }}',
      with: { name: 'build-inputs-${{ github.run_id }}' },
    });
    for (const job of ['kmods', 'images', 'promote', 'report'])
      expect(scripts('build.yml', job)).toContain('--planned plan');
  });

  it('W15 W16: kmods, images and promotion are jobs of their own', () => {
    expect(Object.keys(files['build.yml']?.jobs ?? {})).toEqual([
      'plan',
      'kmods',
      'images',
      'promote',
      'report',
    ]);
    expect(files['build.yml']?.jobs.promote?.needs).toEqual(['plan', 'images']);
  });

  it('W19 W20: branches but main, and pull requests that publish nothing', () => {
    expect(on['build-branch.yml']).toHaveProperty('workflow_dispatch');
    expect(on['build-branch.yml']).toMatchObject({
      push: { 'branches-ignore': expect.arrayContaining(['main']) as string[] },
    });
    expect(scripts('build-branch.yml', 'build')).toContain('--channel branch --branch "$BRANCH"');
    expect(scripts('build-pr.yml', 'build')).toContain('--channel pull-request');
  });

  it('W21 W22: rights to packages and attestations, only where they are used', () => {
    const holders = (right: string) =>
      Object.entries(files).flatMap(([file, { jobs }]) =>
        Object.entries(jobs)
          .filter(([, job]) => job.permissions[right] === 'write')
          .map(([job]) => `${file} ${job}`),
      );

    expect(holders('attestations')).toEqual(['build.yml images']);
    expect(holders('packages')).toEqual([
      'build.yml kmods',
      'build.yml images',
      'build.yml promote',
      'build.yml report',
      'build-branch.yml build',
      'cleanup-images.yml cleanup',
    ]);
  });

  it('W23 W24 W25: cleanup on Sundays, 90 days, the newest 3, a dry run by hand', () => {
    expect(on['cleanup-images.yml']).toMatchObject({
      schedule: [{ cron: '0 2 * * 0' }],
      workflow_dispatch: { inputs: { dry_run: { type: 'boolean', default: true } } },
    });
    expect(scripts('cleanup-images.yml', 'cleanup')).toContain(
      '--keep-days 90 --keep-newest 3 --yes',
    );
  });

  it('W26: the first boot is published when main is pushed', () => {
    expect(on['pages.yml']).toMatchObject({ push: { branches: ['main'] } });
    expect(scripts('pages.yml', 'make')).toContain(
      'ignition build --stream kinoite-zfs -o public/',
    );
  });
});
