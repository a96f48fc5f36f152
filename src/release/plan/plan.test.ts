import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GateName } from '../../gate/verdict.ts';
import { digestOf } from '../../system/digest.ts';
import type { RecordedVerdict } from '../record/verdicts.ts';
import { type Observed, type PlanOptions, plan } from './plan.ts';
import { isIdle } from './step.ts';

const GATES = new Map<GateName, string>([
  ['contents', '1'],
  ['abi', '1'],
  ['boot', 'zfs'],
]);
const CANDIDATE = digestOf('candidate');

function aPass(gate: GateName, change: Partial<RecordedVerdict> = {}): [GateName, RecordedVerdict] {
  const terms = GATES.get(gate) ?? '';
  const verdict: RecordedVerdict = {
    gate,
    subject: CANDIDATE,
    result: 'pass',
    findings: [],
    terms,
    time: '2026-01-01',
  };
  return [gate, { ...verdict, ...change }];
}

function everythingDone(change: Partial<Observed> = {}): Observed {
  return {
    compat: [],
    kmods: [{ kernel: '6.1', differences: [] }],
    candidate: { digest: CANDIDATE },
    verdicts: new Map([aPass('contents'), aPass('abi'), aPass('boot')]),
    stable: { latest: CANDIDATE },
    ...change,
  };
}

function actions(observed: Observed, options: Partial<PlanOptions> = {}): Record<string, string> {
  const steps = plan(observed, { gates: GATES, ...options });
  return Object.fromEntries(steps.map(({ step, action }) => [step, action]));
}

describe('plan', () => {
  it('does nothing when everything is there, passed and stable', () => {
    const steps = plan(everythingDone(), { gates: GATES });

    expect(isIdle(steps)).toBe(true);
    expect(steps.find(({ step }) => step === 'package')?.action).toBe('skip');
  });

  it('packs flists once, and promotes what they are behind or where machines do not fetch them', () => {
    const gates = new Map<GateName, string>([...GATES, ['flists', 'flists v1 a']]);
    const passed = [...everythingDone().verdicts, aPass('flists', { terms: 'flists v1 a' })];
    const done = { verdicts: new Map(passed), flists: { behind: [], handedOut: true } };
    const at = (change: Partial<Observed>, options: Partial<PlanOptions> = {}) => {
      const { flists, promote } = actions(everythingDone(change), { gates, ...options });
      return [flists, promote];
    };

    expect(at(done)).toEqual(['reuse', 'reuse']);
    expect(at({ flists: { behind: [] } })).toEqual(['do', 'do']);
    expect(at({ ...done, flists: { behind: ['modules-6.1-latest'] } })).toEqual(['reuse', 'do']);
    expect(at({ ...done, flists: { behind: [], handedOut: false } })).toEqual(['reuse', 'do']);
    expect(at({ flists: { behind: [] } }, { promote: false })).toEqual(['do', 'skip']);
    expect(actions(everythingDone())).not.toHaveProperty('flists');
  });

  it('archives the pinned files where that is asked for, and once', () => {
    expect(actions(everythingDone())).not.toHaveProperty('archive');
    expect(actions(everythingDone({ archived: true }), { force: true }).archive).toBe('reuse');
    const todo = plan(everythingDone({ archived: false }), { gates: GATES });

    expect(todo.filter(({ action }) => action === 'do').map(({ step }) => step)).toEqual([
      'archive',
    ]);
  });

  it('does everything on the first run', () => {
    const fresh = everythingDone({
      kmods: [{ kernel: '6.1' }],
      candidate: undefined,
      verdicts: new Map(),
      stable: { latest: undefined },
    });

    expect(actions(fresh)).toMatchObject({
      build: 'do',
      compose: 'do',
      contents: 'do',
      abi: 'do',
      boot: 'do',
      promote: 'do',
    });
  });

  it('leaves building and composing to other jobs where it is told to', () => {
    const built = everythingDone({ candidate: undefined, verdicts: new Map() });
    const nothing = everythingDone({ kmods: [{ kernel: '6.1' }], candidate: undefined });

    expect(actions(nothing, { build: false })).toMatchObject({ build: 'stop', compose: 'skip' });
    expect(actions(built, { build: false, force: true })).toMatchObject({
      build: 'reuse',
      compose: 'do',
    });
    const promotes = { only: 'promote', build: false, compose: false } as const;
    expect(actions(built, promotes)).toMatchObject({ compose: 'stop', promote: 'skip' });
    const behind = everythingDone({ stable: { latest: undefined } });
    expect(actions(behind, promotes)).toMatchObject({ compose: 'reuse', promote: 'do' });
  });

  it('builds for the kernels that are named, and makes no image without the others', () => {
    const kmods = [{ kernel: '6.1' }, { kernel: '6.12' }];
    const fresh = everythingDone({ kmods, candidate: undefined, verdicts: new Map() });
    const stepsOf = (observed: Observed, kernels: string[]) =>
      plan(observed, { gates: GATES, kernels }).map(({ step, action }) => `${step} ${action}`);

    expect(stepsOf(fresh, ['6.12'])).toEqual([
      'compat reuse',
      'build skip',
      'build do',
      ...['compose', 'package', 'contents', 'abi', 'boot', 'promote'].map((one) => `${one} skip`),
    ]);
    const other = [{ kernel: '6.1', differences: [] }, { kernel: '6.12' }];
    expect(stepsOf({ ...fresh, kmods: other }, ['6.12'])).toContain('compose do');
    expect(isIdle(plan(fresh, { gates: GATES, kernels: ['5.10'] }))).toBe(true);
  });

  it('stops before anything is built when the kernel is outside the range', () => {
    const finding = { rule: 'kernel-too-new', severity: 'error', message: '' } as const;

    expect(
      actions(everythingDone({ compat: [finding], kmods: [{ kernel: '6.1' }] })),
    ).toMatchObject({
      compat: 'stop',
      build: 'skip',
      promote: 'skip',
    });
  });

  it('says what differs when the kmods image is stale', () => {
    const stale = everythingDone({
      kmods: [{ kernel: '6.1', differences: ['compiler 2, was 1'] }],
    });

    const build = plan(stale, { gates: GATES }).find(({ step }) => step === 'build');

    expect(build).toEqual({
      step: 'build',
      kernel: '6.1',
      action: 'do',
      reason: 'Linux 6.1: stale: compiler 2, was 1',
    });
  });

  it('builds the kmods of those kernels alone that have none, or a stale one', () => {
    const kmods = [
      { kernel: '6.1', differences: ['compiler 2, was 1'] },
      { kernel: '6.2', differences: [] },
      { kernel: '6.3', elsewhere: 'kmods' },
      { kernel: '6.4' },
    ];
    const builds = (options: Partial<PlanOptions> = {}) =>
      plan(everythingDone({ kmods, candidate: undefined }), { gates: GATES, ...options })
        .filter(({ step }) => step === 'build')
        .map(({ kernel, action }) => [kernel, action]);

    expect(builds()).toEqual([
      ['6.1', 'do'],
      ['6.2', 'reuse'],
      ['6.3', 'copy'],
      ['6.4', 'do'],
    ]);
    expect(builds({ force: true }).map(([, action]) => action)).toEqual(['do', 'do', 'do', 'do']);
    expect(builds({ only: 'boot' }).map(([, action]) => action)).toEqual([
      'skip',
      'reuse',
      'skip',
      'skip',
    ]);
  });

  it('takes the kmods of main instead of building them, unless forced', () => {
    const kmods = [{ kernel: '6.1', elsewhere: 'kmods' }];
    const fresh = everythingDone({ kmods, candidate: undefined });

    expect(plan(fresh, { gates: GATES }).find(({ step }) => step === 'build')).toEqual({
      step: 'build',
      kernel: '6.1',
      action: 'copy',
      reason: 'Linux 6.1: kmods has a kmods image of this key',
    });
    expect(actions(fresh, { force: true }).build).toBe('do');
    expect(actions(fresh, { only: 'compose' }).build).toBe('skip');
    // Nobody asks for it when the image is there and has passed.
    expect(actions(everythingDone({ kmods })).build).toBe('reuse');
  });

  it('takes the image of main with its verdicts, and only when it is needed', () => {
    const ofMain = everythingDone({ elsewhere: 'image', stable: { 'br-next-12': undefined } });
    const compose = { step: 'compose', reason: 'image has an image of these inputs' };

    expect(plan(ofMain, { gates: GATES })[2]).toEqual({ ...compose, action: 'copy' });
    expect(actions(ofMain)).toMatchObject({ boot: 'reuse', promote: 'do' });
    expect(plan(ofMain, { gates: GATES, publishes: false })[2]).toEqual({
      ...compose,
      action: 'reuse',
    });
    expect(actions(ofMain, { force: true })).toMatchObject({ compose: 'do', boot: 'do' });
  });

  it('promotes nothing on a channel that publishes nothing', () => {
    const behind = everythingDone({ stable: { latest: digestOf('old') } });

    expect(actions(behind, { publishes: false, force: true }).promote).toBe('skip');
    expect(actions(behind, { publishes: false, only: 'promote' }).promote).toBe('skip');
  });

  it.each([
    [undefined, 'no candidate has these inputs'],
    [['Linux 6.2, was 6.1'], 'no candidate has these inputs; unlike stable: Linux 6.2, was 6.1'],
    [[], expect.stringContaining('OS version, kernel and modules are those of stable')],
  ])('says what a new image has in common with stable: %j', (unlike, reason) => {
    const steps = plan(everythingDone({ candidate: undefined, unlike }), { gates: GATES });

    expect(steps.find(({ step }) => step === 'compose')).toMatchObject({ action: 'do', reason });
  });

  it.each([
    ['failed', aPass('boot', { result: 'fail' })],
    ['is unknown', aPass('boot', { result: 'unknown' })],
    ['passed another scenario', aPass('boot', { terms: 'load' })],
  ])('runs a gate again that %s', (_, boot) => {
    const verdicts = new Map([aPass('contents'), aPass('abi'), boot]);

    expect(actions(everythingDone({ verdicts, stable: { latest: undefined } }))).toMatchObject({
      abi: 'reuse',
      boot: 'do',
    });
  });

  it('stops at the candidate when asked to', () => {
    const behind = everythingDone({ stable: { latest: digestOf('old') } });

    expect(actions(behind, { promote: false }).promote).toBe('skip');
    expect(actions(behind).promote).toBe('do');
  });

  it('does not promote again by itself what was rolled back', () => {
    const back = everythingDone({ stable: { latest: digestOf('old') }, rolledBack: '2026-01-02' });

    expect(actions(back).promote).toBe('skip');
    expect(actions(back, { force: true }).promote).toBe('do');
    expect(actions({ ...back, candidate: undefined }).promote).toBe('do');
  });

  it('leaves one step with only', () => {
    const fresh = everythingDone({ candidate: undefined, verdicts: new Map() });

    expect(actions(fresh, { only: 'compose' })).toMatchObject({
      compose: 'do',
      boot: 'skip',
      promote: 'skip',
    });
  });

  it('never plans a promotion behind a step that stops', () => {
    const digests = fc.constantFrom(undefined, CANDIDATE, digestOf('old'));
    fc.assert(
      fc.property(digests, fc.boolean(), fc.boolean(), (latest, force, promote) => {
        const no = everythingDone({
          compat: [{ rule: 'x', severity: 'error', message: '' }],
          stable: { latest },
        });
        const steps = plan(no, { gates: GATES, force, promote });
        expect(steps.every(({ action }) => action !== 'do')).toBe(true);
      }),
    );
  });
});
