import { seededRandom } from '../../system/testing/random.ts';

/** What can happen on the way to a bucket, which neither redirects nor gives tokens. */
export const storeFaults = [
  'reset-before',
  'lost-reply',
  'truncate',
  'too-many',
  'unavailable',
  'bad-gateway',
  'slow',
] as const;

/** What a fault proxy can do to one exchange. */
export const faults = [...storeFaults, 'wrong-range', 'stale-redirect', 'dropped-token'] as const;

export type Fault = (typeof faults)[number];

/** Decides what happens to an exchange; undefined lets it pass. */
export type FaultChooser = (method: string, path: string) => Fault | undefined;

/** Random faults at a rate between 0 and 1, the same for the same seed. */
export function randomFaults(
  seed: number,
  rate: number,
  kinds: readonly Fault[] = faults,
): FaultChooser {
  const random = seededRandom(seed);
  return () => (random() < rate ? kinds[Math.floor(random() * kinds.length)] : undefined);
}

/** Each of these faults once, on the exchanges that the pattern is found in (`GET /v2/…`). */
export function faultsOnce(pattern: RegExp, kinds: readonly Fault[]): FaultChooser {
  const left = [...kinds];
  return (method, path) => (pattern.test(`${method} ${path}`) ? left.shift() : undefined);
}
