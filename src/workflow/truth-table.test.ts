import { describe, expect, it } from 'vitest';
import { evaluate, type Happening, happen } from './testing/engine.ts';
import { aProject, stepsOf, workflowsOf } from './testing/project.ts';

const {
  'build.yml': build,
  'build-pr.yml': pullRequest,
  'cleanup-images.yml': cleanup,
} = workflowsOf(aProject());
if (!build || !pullRequest || !cleanup) throw new Error('not generated');

const MAIN = 'refs/heads/main';
const RESULTS = ['success', 'failure', 'cancelled'] as const;
const FLAGS = [true, false];

const BEGINNINGS: Pick<Happening, 'event' | 'ref' | 'inputs'>[] = [
  { event: 'push', ref: MAIN },
  { event: 'schedule', ref: MAIN },
  { event: 'workflow_dispatch', ref: MAIN, inputs: { promote_to_stable: true } },
  { event: 'workflow_dispatch', ref: MAIN, inputs: { promote_to_stable: false } },
  { event: 'workflow_dispatch', ref: 'refs/heads/next', inputs: { promote_to_stable: true } },
  { event: 'workflow_dispatch', ref: 'refs/tags/main', inputs: { promote_to_stable: true } },
];

/** Every way in which a run can begin and go on. */
function everything(): Happening[] {
  const rows: Happening[] = [];
  for (const beginning of BEGINNINGS)
    for (const plan of RESULTS)
      for (const builds of FLAGS)
        for (const composes of FLAGS)
          for (const kmods of RESULTS)
            for (const images of RESULTS)
              for (const cancelled of FLAGS)
                rows.push({
                  ...beginning,
                  results: { plan, kmods, images },
                  outputs: { plan: { builds: String(builds), composes: String(composes) } },
                  cancelled,
                });
  return rows;
}

describe('build.yml', () => {
  const rows = everything().map((row) => ({ row, results: happen(build, row) }));
  const isPlanned = ({ ref, results }: Happening) => ref === MAIN && results?.plan === 'success';
  const wants = ({ event, inputs }: Happening) =>
    event !== 'workflow_dispatch' || inputs?.promote_to_stable === true;

  it('promotes exactly when there is a plan with images, on main, nobody said no, and nobody cancelled', () => {
    expect(rows).toHaveLength(1296);
    for (const { row, results } of rows) {
      const composes = row.outputs?.plan?.composes === 'true';
      const should = isPlanned(row) && composes && !row.cancelled && wants(row);

      expect(results.promote !== 'skipped', JSON.stringify({ row, results })).toBe(should);
    }
    expect(rows.filter(({ results }) => results.promote !== 'skipped')).toHaveLength(3 * 2 * 9);
  });

  it('lets nothing but the plan hold a stream: a failed build or image stops itself alone', () => {
    const failed = happen(build, {
      event: 'schedule',
      ref: MAIN,
      results: { kmods: 'failure', images: 'failure' },
      outputs: { plan: { builds: 'true', composes: 'true' } },
    });

    expect(failed).toMatchObject({ kmods: 'failure', images: 'failure', promote: 'success' });
  });

  it('builds when there is something to build, and composes whatever became of that', () => {
    for (const { row, results } of rows) {
      const { builds, composes } = row.outputs?.plan ?? {};
      const goesOn = isPlanned(row) && !row.cancelled;

      expect(results.kmods !== 'skipped').toBe(goesOn && builds === 'true');
      expect(results.images !== 'skipped').toBe(goesOn && composes === 'true');
    }
  });

  it('reports always, but for runs that are none of main', () => {
    for (const { row, results } of rows)
      expect(results.report).toBe(row.ref === MAIN ? 'success' : 'skipped');
  });
});

describe('build-pr.yml', () => {
  const [verdict] = pullRequest.jobs.lockstep?.steps ?? [];

  it.each([
    { changes: 'success', builds: 'false', build: 'skipped', fails: false },
    { changes: 'success', builds: 'true', build: 'success', fails: false },
    { changes: 'success', builds: 'true', build: 'failure', fails: true },
    { changes: 'success', builds: 'true', build: 'cancelled', fails: true },
    { changes: 'success', builds: 'true', build: 'skipped', fails: true },
    { changes: 'success', builds: '', build: 'skipped', fails: false },
    { changes: 'failure', builds: '', build: 'skipped', fails: true },
    { changes: 'cancelled', builds: 'true', build: 'skipped', fails: true },
    { changes: 'skipped', builds: '', build: 'skipped', fails: true },
  ])('its check with $changes, $builds, $build fails: $fails', (row) => {
    const { changes, builds, build: built, fails } = row;
    const needs = {
      changes: { result: changes, outputs: { builds } },
      build: { result: built, outputs: {} },
    };

    expect(evaluate(verdict?.if ?? '', { needs, status: {} })).toBe(fails);
  });

  it('reports the check always, also when there is nothing to build', () => {
    for (const builds of ['true', 'false'])
      for (const changes of RESULTS)
        for (const cancelled of FLAGS) {
          const outputs = { changes: { builds } };
          const row = { event: 'pull_request', ref: 'refs/pull/1/merge', results: { changes } };
          const happened = happen(pullRequest, { ...row, outputs, cancelled });

          const goesOn = builds === 'true' && changes === 'success' && !cancelled;
          expect(happened.lockstep).toBe('success');
          expect(happened.build !== 'skipped').toBe(goesOn);
        }
  });
});

describe('cleanup-images.yml', () => {
  const removing = stepsOf(cleanup).filter(({ step }) => step.run?.includes('--yes'));
  const removes = (event: string, inputs: Record<string, unknown>) =>
    removing.map(({ step }) =>
      evaluate(step.if ?? 'true', { github: { event_name: event }, inputs, status: {} }),
    );

  it('removes when it is time, and by hand only when that is said', () => {
    expect(removing).toHaveLength(2);
    expect(removes('schedule', {})).toEqual([true, true]);
    expect(removes('workflow_dispatch', { dry_run: true })).toEqual([false, false]);
    expect(removes('workflow_dispatch', { dry_run: false })).toEqual([true, true]);
  });
});
