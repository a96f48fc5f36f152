import { z } from 'zod';
import { gates, type Verdict } from '../../gate/verdict.ts';
import { isDigest } from '../../system/digest.ts';
import type { Finding } from '../../system/finding.ts';

/** in-toto attestation, "Test Result" predicate v0.1. */
export const PREDICATE_TYPE = 'https://in-toto.io/attestation/test-result/v0.1';

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

/** A verdict as a statement in JSON. */
export function verdictBytes(name: string, verdict: RecordedVerdict): Buffer {
  const { gate, result, terms, time, findings, subject } = verdict;
  const rules = (severity: string) => [
    ...new Set(findings.filter((one) => one.severity === severity).map((one) => one.rule)),
  ];
  const warned = rules('warning');
  const statement = {
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
  return Buffer.from(JSON.stringify(statement));
}

/** Reads the statement of a verdict; undefined for what is none. */
export function readVerdictBytes(bytes: Uint8Array): RecordedVerdict | undefined {
  const { success, data } = Statement.safeParse(parseJson(bytes));
  if (!success) return undefined;
  const { predicate, subject } = data;
  const digest = `sha256:${subject[0]?.digest.sha256}`;
  if (!isDigest(digest)) return undefined;
  const findings = predicate.lockstep.findings as Finding[];
  return { ...predicate.lockstep, subject: digest, findings };
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}
