import { digestOf } from '../../system/digest.ts';

const MADE = 'Made by lockstep workflow generate';
const SEAL = new RegExp(`${MADE}; sha256:[0-9a-f]{64}`);

/** Pins of actions and of lockstep itself: they may be renewed, by whatever renews pins. */
const PINS = [/@[0-9a-f]{40} # \S+/g, /"lockstep": "[^"]*"/g];

/** What stands where the digest of a text will stand. */
export const UNSEALED = `${MADE}; sha256:${'0'.repeat(64)}`;

/** Whose a file is: ours as it was made, ours but edited since, or somebody else's. */
export type Maker = 'lockstep' | 'edited' | 'other';

/**
 * The text with a digest of itself in the line that says who made it, so that an edit is seen.
 * Pins are not part of it. A text that was sealed before is sealed anew.
 */
export function sealed(text: string): string {
  const plain = PINS.reduce((rest, pin) => rest.replaceAll(pin, ''), text.replace(SEAL, UNSEALED));
  return text.replace(SEAL, `${MADE}; ${digestOf(Buffer.from(plain))}`);
}

/** Tells whose a file is by what it says itself. */
export function makerOf(text: string): Maker {
  if (!SEAL.test(text)) return 'other';
  return sealed(text) === text ? 'lockstep' : 'edited';
}
