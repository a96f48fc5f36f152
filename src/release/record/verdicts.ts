import { z } from 'zod';
import { type GateName, gates, type Verdict } from '../../gate/verdict.ts';
import { readArtifact, writeArtifact } from '../../oci/artifact.ts';
import type { Descriptor } from '../../oci/descriptor.ts';
import type { Reader, Repository } from '../../oci/repository.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';

/** in-toto attestation, "Test Result" predicate v0.1. */
export const PREDICATE_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';
export const VERDICT_TYPE = 'application/vnd.in-toto+json';

/** A verdict with what it was reached by. */
export interface RecordedVerdict extends Verdict {
  /** What the gate was told to do: the scenario of a boot, the version of the rules. */
  terms: string;
  /** ISO 8601. */
  time: string;
}

const Statement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.array(z.object({ digest: z.object({ sha256: z.string() }) })).min(1),
  predicateType: z.literal(PREDICATE_TYPE),
  predicate: z.object({
    result: z.enum(['PASSED', 'WARNED', 'FAILED']),
    lockstep: z.object({
      gate: z.enum(gates),
      result: z.enum(['pass', 'fail', 'unknown']),
      terms: z.string(),
      time: z.string(),
      findings: z.array(z.unknown()),
    }),
  }),
});

/** Attaches a verdict to the digest that it speaks of. */
export async function recordVerdict(
  repository: Repository,
  subject: Descriptor,
  verdict: RecordedVerdict,
): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(statementOf(repository.name, verdict)));
  await writeArtifact(repository, {
    artifactType: VERDICT_TYPE,
    subject,
    annotations: {
      'in-toto.io/predicate-type': PREDICATE_TYPE,
      'dev.lockstep.gate': verdict.gate,
      'org.opencontainers.image.created': verdict.time,
    },
    layers: [{ mediaType: VERDICT_TYPE, bytes }],
  });
}

/** The newest verdict of each gate that is recorded for a digest; what cannot be read is left out. */
export async function readVerdicts(
  repository: Reader,
  subject: Digest,
): Promise<Map<GateName, RecordedVerdict>> {
  const newest = new Map<GateName, RecordedVerdict>();
  for (const referrer of await repository.referrers(subject, VERDICT_TYPE)) {
    const verdict = await readVerdict(repository, referrer);
    if (verdict?.subject !== subject) continue;
    const known = newest.get(verdict.gate);
    if (!known || known.time < verdict.time) newest.set(verdict.gate, verdict);
  }
  return newest;
}

/** Gates that must have passed, each with the terms that count; undefined: whatever they were. */
export type RequiredGates = ReadonlyMap<GateName, string | undefined>;

/** What stands against a promotion: a finding for each required gate without a recorded pass. */
export async function missingPasses(
  repository: Repository,
  subject: Digest,
  required: RequiredGates,
): Promise<Finding[]> {
  const verdicts = await readVerdicts(repository, subject);
  return [...required].flatMap(([gate, terms]) =>
    objectionTo(gate, terms, verdicts.get(gate)).map((finding) => ({
      ...finding,
      hint: `run the gates on it: lockstep prove ${subject}`,
    })),
  );
}

function objectionTo(
  gate: GateName,
  terms: string | undefined,
  verdict: RecordedVerdict | undefined,
): Finding[] {
  const sameTerms = terms == null || verdict?.terms === terms;
  if (verdict?.result === 'pass' && sameTerms) return [];
  const state =
    verdict == null
      ? 'no verdict'
      : verdict.terms === terms
        ? verdict.result
        : `another form (${verdict.terms})`;
  return [
    {
      rule: 'gate-not-passed',
      severity: 'error',
      message: `gate ${gate} has no recorded pass for this digest`,
      expected: `pass (${terms})`,
      found: state,
    },
  ];
}

function statementOf(name: string, verdict: RecordedVerdict): object {
  const { gate, result, terms, time, findings, subject } = verdict;
  const rules = (severity: string) => [
    ...new Set(findings.filter((one) => one.severity === severity).map((one) => one.rule)),
  ];
  const warned = rules('warning');
  return {
    _type: 'https://in-toto.io/Statement/v1',
    subject: [{ name, digest: { sha256: subject.slice('sha256:'.length) } }],
    predicateType: PREDICATE_TYPE,
    predicate: {
      result: result === 'pass' ? (warned.length > 0 ? 'WARNED' : 'PASSED') : 'FAILED',
      configuration: [{ name: `lockstep gate ${gate}: ${terms}` }],
      passedTests: result === 'pass' ? [gate] : [],
      warnedTests: warned,
      failedTests: result === 'pass' ? [] : [gate, ...rules('error')],
      lockstep: { gate, result, terms, time, findings },
    },
  };
}

async function readVerdict(
  repository: Reader,
  descriptor: Descriptor,
): Promise<RecordedVerdict | undefined> {
  const artifact = await readArtifact(repository, descriptor);
  const layer = artifact.layers[0];
  const parsed = layer && Statement.safeParse(parseJson(layer.bytes));
  if (!parsed?.success) return undefined;
  const { predicate, subject } = parsed.data;
  const digest = `sha256:${subject[0]?.digest.sha256}`;
  if (!isDigest(digest)) return undefined;
  return {
    ...predicate.lockstep,
    subject: digest,
    findings: predicate.lockstep.findings as Finding[],
  };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
