/** `error` fails the check that found it; `warning` is stricter than need be; `info` explains. */
export type Severity = 'error' | 'warning' | 'info';

/** One thing that a check saw: data, never an exception, so that all are reported at once. */
export interface Finding {
  /** Stable kebab-case name of the rule, for machines and for the docs. */
  rule: string;
  severity: Severity;
  message: string;
  /** Where it was seen. */
  where?: { file?: string; line?: number; symbol?: string };
  expected?: string;
  found?: string;
  /** What to do next. */
  hint?: string;
}

/** True when nothing found is an error. */
export function passes(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.severity !== 'error');
}
