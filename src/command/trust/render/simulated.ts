import type { Simulation } from '../../../trust/simulate/simulate.ts';
import { printable } from '../../render/listing.ts';
import { paint, type Style } from '../../text/style.ts';

/** What a host would say to each image, and what to do where it would refuse it. */
export function simulatedText(
  results: readonly (Simulation & { reference: string })[],
  style: Style,
): string {
  return results.map((result) => `${resultLines(result, style).join('\n')}\n`).join('');
}

function resultLines(
  { reference, accepted, reason, scope, unseen, hints }: Simulation & { reference: string },
  style: Style,
): string[] {
  const word = accepted ? paint(style, 'green', 'accepted') : paint(style, 'red', 'REFUSED');
  return [
    `${word}  ${printable(reference)}`,
    `  by ${printable(scope)}: ${printable(reason)}`,
    ...unseen.map(({ form, digest }) => `  not looked at: ${form} ${digest}`),
    ...hints.map((hint) => `  ${paint(style, 'cyan', 'hint')}: ${printable(hint)}`),
  ];
}
