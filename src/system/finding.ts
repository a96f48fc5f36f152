/** `error` fails the check that found it; `warning` is stricter than need be; `info` explains. */
export type Severity = 'error' | 'warning' | 'info';

/** Where something was seen. */
export interface Whereabouts {
  /** A file of the project by its absolute path; one of an image by its path there. */
  file?: string;
  /** Counted from 1. */
  line?: number;
  column?: number;
  /** Where in the configuration of the stream: `image.enable[0]`, `modules.zfs`. */
  key?: string;
  symbol?: string;
}

/** One thing that a check saw: data, never an exception, so that all are reported at once. */
export interface Finding {
  /** Stable kebab-case name of the rule, for machines and for the docs. */
  rule: string;
  severity: Severity;
  message: string;
  where?: Whereabouts;
  expected?: string;
  found?: string;
  /** What to do next. */
  hint?: string;
}

/** True when nothing found is an error. */
export function passes(findings: readonly Finding[]): boolean {
  return findings.every((finding) => finding.severity !== 'error');
}
