import { printable } from '../../render/listing.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

interface Told {
  name: string;
  now: string;
  wanted: string;
  state: string;
  hint?: string;
}

/** Settings, a line each, and what to do by hand. */
export function settingsText(settings: readonly Told[], style: Style): string {
  const rows = settings.map(({ name, now, wanted, state }) =>
    [state, name, state === 'good' ? now : `${now}, should be ${wanted}`].map(printable),
  );
  const hints = settings.flatMap(({ name, hint }) => (hint ? [printable(`${name}: ${hint}`)] : []));
  const changes = settings.some(({ state }) => state === 'change');
  const next = changes ? ['lockstep workflow setup --yes changes what it can'] : [];
  return `${[table(rows, style), ...hints, ...next].join('\n')}\n`;
}
