import { type Pin, placeOfPin } from '../../../workflow/pins/pin.ts';
import type { PinUpdate } from '../../../workflow/pins/update.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

/** Pins, a line each. */
export function pinsText(pins: readonly Pin[], style: Style): string {
  if (pins.length === 0) return 'nothing is pinned here';
  const rows = pins.map((pin) => [
    pin.kind,
    pin.kind === 'action' && pin.version ? `${pin.name} ${pin.version}` : pin.name,
    pin.at,
    placeOfPin(pin),
  ]);
  return table(rows, style);
}

/** What was renewed, a line each. */
export function updatesText(updates: readonly PinUpdate[], style: Style): string {
  if (updates.length === 0) return 'everything is the newest\n';
  const rows = updates.map(({ pin, at, version }) => [
    placeOfPin(pin),
    pin.name,
    pin.version ?? pin.at,
    version && version !== pin.version ? version : at,
  ]);
  return `${table(rows, style)}\n`;
}
