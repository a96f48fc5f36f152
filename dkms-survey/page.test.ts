import { describe, expect, it } from 'vitest';
import { surveyPage } from './page.ts';
import type { Row } from './survey.ts';

const facts = { suite: 'x', release: '6.1.0-1-amd64', dkms: '3.0', day: '2026-01-31' };
const built = (...modules: string[]) => ({ outcome: 'built', modules, log: '' }) as const;
const failed: Row['dkms'] = { outcome: 'failed', modules: [], log: '' };

describe(surveyPage, () => {
  it('counts who built what, and shows why the rest was not', () => {
    const rows: Row[] = [
      {
        package: 'a-dkms',
        version: '1',
        lockstep: built('a', 'b'),
        dkms: built('a'),
        judgement: {
          refused: { b: ['symbol-missing'] },
          loaded: { a: 'no device', b: 'errno 2: b: Unknown symbol c' },
        },
      },
      {
        package: 'd-dkms',
        version: '2',
        lockstep: { ...failed, kind: 'compiler-error', shown: ['d.c:1:1: error: no'] },
        dkms: built('d'),
      },
    ];

    const page = surveyPage(rows, {
      ...facts,
      others: new Map([['dh-dkms', 'no dkms.conf']]),
      left: ['z-dkms'],
    });

    expect(page).toContain('| built by both | 1 |');
    expect(page).toContain('| by dkms alone | 1 |');
    expect(page).toContain(
      '| a-dkms | 1 | built | built | 2: a, b | 1 refused | 1 no device, 1 refused |',
    );
    expect(page).toContain('| a-dkms | b | symbol-missing | errno 2: b: Unknown symbol c |');
    expect(page).toContain('- a-dkms: lockstep alone b; dkms alone none');
    expect(page).toContain('### d-dkms: compiler-error; dkms builds it\n\n```text\nd.c:1:1');
    expect(page).toContain('- dh-dkms: no dkms.conf');
    expect(page).toContain('## Not looked at in this survey\n\nz-dkms');
  });
});
