import type { GateName } from '../../gate/verdict.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import { GateFailure } from '../record/journal.ts';
import { namedFrom } from '../record/project-names.ts';
import { type RecordedVerdict, recordVerdict } from '../record/verdicts.ts';

/** What a gate found about an image. */
export interface Judged {
  gate: GateName;
  image: Descriptor;
  findings: readonly Finding[];
  /** What the gate was told to do. */
  terms: string;
}

/** Records what a gate found as its verdict, signed with `trust`, without paths of this machine. */
export async function keepVerdict(
  { ends, now, project, trust }: Pick<RunContext, 'ends' | 'now' | 'project' | 'trust'>,
  { gate, image, findings, terms }: Judged,
): Promise<void> {
  const verdict: RecordedVerdict = {
    gate,
    subject: image.digest,
    result: passes(findings) ? 'pass' : 'fail',
    findings: namedFrom(project, [...findings]),
    terms,
    time: now().toISOString(),
  };
  await recordVerdict(ends.image, image, { ...verdict, seals: trust?.verdicts });
}

/** Warnings that are told in full; the others are counted. */
const TOLD = 3;

/** What a gate that says yes is told as, its warnings by name; throws `GateFailure` for a no. */
export function requirePass(gate: GateName, findings: readonly Finding[], remark = ''): string {
  if (!passes(findings)) throw new GateFailure(gate, findings);
  const warnings = findings.filter(({ severity }) => severity === 'warning');
  const told = warnings.slice(0, TOLD).map(({ rule, message }) => `${rule}: ${message}`);
  const more = warnings.length > TOLD ? [`and ${warnings.length - TOLD} more`] : [];
  const count = `${warnings.length} warning${warnings.length === 1 ? '' : 's'}`;
  const pass =
    warnings.length > 0 ? `pass with ${count} (${[...told, ...more].join('; ')})` : 'pass';
  return [pass, remark].filter(Boolean).join('; ');
}
