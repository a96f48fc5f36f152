import type { GateName } from '../../gate/verdict.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Repository } from '../../oci/repository.ts';
import { type Finding, passes } from '../../system/finding.ts';
import type { RunContext } from '../context/run-context.ts';
import type { Trust } from '../context/trust.ts';
import { readDescription, recordDescription } from '../record/description.ts';
import { GateFailure } from '../record/journal.ts';
import { namedFrom } from '../record/project-names.ts';
import { type RecordedVerdict, recordVerdict } from '../record/verdicts.ts';
import { candidateTree } from './candidate-tree.ts';

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
  // A job without a key would have to enter the whole list of packages in its log.
  if (trust?.signer && gate === 'contents' && passes(findings))
    await keepDescription(ends.image, image, trust);
}

/** What was read for the gate is kept for the promotion, which then reads no layers. */
async function keepDescription(
  repository: Repository,
  image: Descriptor,
  { verdicts: seals }: Trust,
): Promise<void> {
  if (await readDescription(repository, image.digest, seals)) return;
  const { describeImage } = await import('../../trust/image-description.ts');
  const description = await describeImage(await candidateTree(repository, image));
  await recordDescription(repository, image, { description, seals });
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
