import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import type { Event } from '../../system/event.ts';
import type { Finding } from '../../system/finding.ts';
import { type RunContext, tell } from '../context/run-context.ts';
import { kmodsKeysOf } from '../inputs/keys.ts';
import { startJournal } from '../record/journal.ts';
import { RunRecord } from '../record/run-record.ts';
import { anRpmInputs, aStream } from '../testing/inputs.ts';
import { recordOf, type UnderWay } from './record.ts';

const DISAGREEMENT: Finding = {
  rule: 'meta-disagreement',
  severity: 'warning',
  message: 'the tarball says 6.17, the tag says 6.18',
  expected: '6.18',
  found: '6.17',
  hint: 'tell upstream',
};

function aRun(findings: Finding[]): UnderWay {
  const now = () => new Date('2026-11-20T12:00:00Z');
  const context = { id: 'x', stream: aStream(), channel: { name: 'main' }, now };
  return {
    context: context as unknown as RunContext,
    journal: startJournal('x', () => undefined),
    started: now().toISOString(),
    replay: false,
    findings,
  };
}

describe(tell, () => {
  it('tells people and the record of the run', () => {
    const events: Event[] = [];
    const found: Finding[] = [];

    tell({ emit: (event) => events.push(event), onFinding: (one) => found.push(one) }, [
      DISAGREEMENT,
    ]);

    expect(found).toEqual([DISAGREEMENT]);
    expect(events).toEqual([
      { type: 'note', message: 'the tarball says 6.17, the tag says 6.18; tell upstream' },
    ]);
  });
});

describe(recordOf, () => {
  it('keeps what was odd about what was followed, of a run that failed then too', () => {
    const record = recordOf(aRun([DISAGREEMENT]), new Error('no space'));

    expect(RunRecord.parse(record)).toMatchObject({ outcome: 'failed', findings: [DISAGREEMENT] });
  });

  it('has no findings where nothing was odd', () => {
    expect(recordOf(aRun([]), undefined)).not.toHaveProperty('findings');
  });

  it('names the kmods image of each kernel that has one', () => {
    const inputs = anRpmInputs();
    const base = { ...inputs.base, kernels: ['6.17.1', '6.18.9'] };
    const resolved = { inputs, kmodsKeys: kmodsKeysOf({ ...inputs, base }), compat: [] };
    const descriptor = { mediaType: 'x', digest: digestOf('kmods'), size: 1 };
    const kmods = new Map([['6.17.1', descriptor]]);
    const run = { ...aRun([]), resolved, products: { outcome: 'candidate', kmods } as const };

    expect(recordOf(run, new Error('killed')).kmods).toEqual([
      { kernel: '6.17.1', tag: 'zfs-2.4.3_kernel-6.17.1', digest: descriptor.digest },
    ]);
  });
});
