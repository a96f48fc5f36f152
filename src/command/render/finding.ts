import type { Finding } from '../../system/finding.ts';
import { placeText } from '../text/place.ts';

/** A finding as indented lines: what, then each line of what to do next. */
export function findingLines({ severity, rule, message, hint }: Finding): string[] {
  const next = (hint ?? '').split('\n').filter(Boolean);
  return [`  ${severity}: ${message} [${rule}]`, ...next.map((line) => `    ${line}`)];
}

/** The same, each begun by the place in the project that it is about, from the folder of that. */
export function placedLines(findings: readonly Finding[], folder: string): string[] {
  return findings.flatMap((finding) => {
    const place = placeText(finding.where, folder);
    const isNamed = place == null || finding.message.includes(`${place}:`);
    return findingLines(
      isNamed ? finding : { ...finding, message: `${place}: ${finding.message}` },
    );
  });
}
