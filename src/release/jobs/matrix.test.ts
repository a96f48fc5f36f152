import { describe, expect, it } from 'vitest';
import { kmodsKeysOf } from '../inputs/keys.ts';
import type { PlannedStep } from '../plan/step.ts';
import type { RunRecord } from '../record/run-record.ts';
import type { PlannedStream } from '../run/look.ts';
import { aDebianInputs, aStream } from '../testing/inputs.ts';
import { workOf } from './matrix.ts';

const inputs = aDebianInputs();
const [kernel = ''] = inputs.base.kernels;

const TODO: PlannedStep[] = [
  { step: 'compat', action: 'reuse', reason: 'fits' },
  { step: 'build', kernel, action: 'do', reason: 'no kmods image' },
  { step: 'compose', action: 'do', reason: 'no candidate' },
  { step: 'promote', action: 'do', reason: 'when every gate has passed' },
];
const DONE = TODO.map((step): PlannedStep => ({ ...step, action: 'reuse' }));

function aPlanned(
  name: string,
  steps: PlannedStep[],
  { kmods = 'kmods', failure }: { kmods?: string; failure?: RunRecord['failure'] } = {},
): PlannedStream {
  const stream = aStream({ name });
  const resolved = { inputs, kmodsKeys: kmodsKeysOf(inputs), compat: [] };
  const record = { steps: [], ...(failure && { failure }) } as unknown as RunRecord;
  return {
    stream: { ...stream, publish: { ...stream.publish, kmods } },
    planned: { resolved, steps } as unknown as NonNullable<PlannedStream['planned']>,
    record,
  };
}

describe(workOf, () => {
  it('builds once what several streams hold, and composes each of them', () => {
    const work = workOf([aPlanned('a', TODO), aPlanned('b', TODO), aPlanned('c', DONE)]);

    expect(work.kmods.include).toMatchObject([{ stream: 'a', kernel, for: ['a', 'b'] }]);
    expect(work.images.include).toEqual([
      { stream: 'a', kernels: [kernel], steps: ['compose', 'promote'], why: 'no candidate' },
      { stream: 'b', kernels: [kernel], steps: ['compose', 'promote'], why: 'no candidate' },
    ]);
    expect(work).toMatchObject({ stopped: [], idle: ['c'] });
  });

  it('builds for each repository that the image is to lie in', () => {
    const work = workOf([aPlanned('a', TODO), aPlanned('b', TODO, { kmods: 'others' })]);

    expect(work.kmods.include.map(({ stream }) => stream)).toEqual(['a', 'b']);
  });

  it('lets a stream that is stopped hold no other, also where it would have built for it', () => {
    const finding = { rule: 'kernel-too-new', severity: 'error', message: 'too new' } as const;
    const failure = { step: 'compat', code: 'gate-failed', message: 'no', findings: [finding] };
    const work = workOf([aPlanned('a', TODO, { failure }), aPlanned('b', TODO)]);

    expect(work.stopped).toEqual([{ stream: 'a', gate: 'compat', finding }]);
    expect(work.kmods.include).toMatchObject([{ stream: 'b', for: ['b'] }]);
    expect(work.images.include).toMatchObject([{ stream: 'b' }]);
  });
});
