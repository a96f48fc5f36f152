import type { Finding } from '../../system/finding.ts';

/** A finding as indented lines: what, then each line of what to do next. */
export function findingLines({ severity, rule, message, hint }: Finding): string[] {
  const next = (hint ?? '').split('\n').filter(Boolean);
  return [`  ${severity}: ${message} [${rule}]`, ...next.map((line) => `    ${line}`)];
}
