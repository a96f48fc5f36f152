import type { GuestResult } from '../../../vm/guest.ts';
import { readReport } from '../../../vm/report.ts';
import { parseScenario } from '../../../vm/scenario.ts';
import type { Sign, SignKind } from '../../../vm/sign.ts';
import type { BootEvidence } from '../judge.ts';

/** What is known of a guest that ended by itself and said nothing, unless told otherwise. */
export function evidenceOf(guest: Partial<GuestResult>): BootEvidence {
  const whole: GuestResult = {
    end: 'itself',
    signs: [],
    verdict: [],
    output: [],
    lastConsole: [],
    ...guest,
  };
  const scenario = parseScenario('a', 'a.sh', '#lockstep version 1\n');
  return {
    guest: whole,
    report: readReport(whole.verdict),
    kernel: '6.1.0-1-cloud-amd64',
    scenario,
  };
}

/** A sign with a line of its own. */
export function aSign(kind: SignKind): Sign {
  const line = `[    1.000000] a line that tells of ${kind}`;
  return { kind, fatal: kind !== 'warning' && kind !== 'stall', line, context: ['Call Trace:'] };
}
