import { LockstepError } from '../system/error.ts';
import { didYouMean } from '../system/nearest.ts';

/** Where systemd looks for units of a system (systemd.unit(5)), and `systemctl enable` for scripts. */
export const UNIT_FOLDERS = [
  'etc/systemd/system',
  'usr/lib/systemd/system',
  'lib/systemd/system',
  'usr/local/lib/systemd/system',
  'etc/init.d',
] as const;

/** Paths of files of a part of an image, without a leading slash. */
export type UnitSource = () => AsyncIterable<string>;

/**
 * Throws `config` when a unit that is to be enabled is in none of the parts of an image. They are
 * looked through one after the other, only as far as needed. What scripts of packages write is not
 * seen: such a unit has to be put into the overlay.
 */
export async function requireUnits(
  enable: readonly string[],
  sources: readonly UnitSource[],
): Promise<void> {
  const missing = new Map(enable.filter(isName).map((unit) => [unit, namesOf(unit)]));
  const known = new Set<string>();
  for (const source of sources) {
    if (missing.size === 0) return;
    for await (const path of source()) {
      const name = unitOf(path);
      if (name == null) continue;
      known.add(name);
      for (const [unit, names] of missing) if (names.includes(name)) missing.delete(unit);
    }
  }
  const [unit] = missing.keys();
  if (unit == null) return;
  throw new LockstepError('config', `there is no unit ${unit}${didYouMean(unit, known)}`, {
    hint: 'see image.enable: the unit is in no package of the image, not in its base and not in the overlay',
  });
}

/** A path says itself where the unit is. */
function isName(unit: string): boolean {
  return !unit.includes('/');
}

/** Names of the file that a unit may have: a service needs no ending, an instance has a template. */
function namesOf(unit: string): string[] {
  const whole = /\.[a-z]+$/.test(unit) ? unit : `${unit}.service`;
  return [whole, whole.replace(/@[^.]*\./, '@.'), whole.replace(/\.service$/, '')];
}

function unitOf(path: string): string | undefined {
  const cut = path.lastIndexOf('/');
  const folder = path.slice(0, cut);
  return UNIT_FOLDERS.some((one) => one === folder) ? path.slice(cut + 1) : undefined;
}
