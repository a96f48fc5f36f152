import type { SourceText } from '../../../file/yaml/tree.ts';
import { findingText, type IgnitionFinding } from '../../../ignition/finding.ts';
import { Lines } from '../../../ignition/text/lines.ts';
import type { Context } from '../../context/context.ts';
import { printableLines } from '../../render/listing.ts';
import { paint, type Style, styleOf } from '../../text/style.ts';

/** Prints findings on standard error; on a terminal each with its line and a caret below it. */
export function printFindings(
  context: Context,
  findings: readonly IgnitionFinding[],
  sources: readonly SourceText[],
): void {
  if (findings.length === 0) return;
  const { stderr, env } = context;
  const style = styleOf(stderr, env);
  for (const finding of findings) {
    stderr.write(`${printableLines(findingText(finding))}\n`);
    if (stderr.isTTY) stderr.write(excerpt(finding, { sources, style }));
  }
}

function excerpt(
  { file, line, column }: IgnitionFinding,
  { sources, style }: { sources: readonly SourceText[]; style: Style },
): string {
  const source = sources.find((one) => one.file === file);
  if (!source) return '';
  const text = new Lines(source.text).line(line);
  const before = Array.from(text)
    .slice(0, column - 1)
    .map((char) => (char === '\t' ? char : ' '));
  return `  ${text.replaceAll(/(?!\t)\p{Cc}/gu, ' ')}\n  ${before.join('')}${paint(style, 'cyan', '^')}\n`;
}
