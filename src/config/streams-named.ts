import { LockstepError } from '../system/error.ts';
import { didYouMean } from '../system/nearest.ts';
import type { Stream } from './schema.ts';

/** One stream of a configuration, by its name or because there is only one. */
export function chooseStream(
  streams: readonly Stream[],
  named: string | readonly string[] | undefined,
): Stream {
  const chosen = streamsNamed(streams, named);
  const [only] = chosen;
  if (only && chosen.length === 1) return only;
  throw new LockstepError('usage', 'there are several streams', {
    hint: `name one: --stream ${streams.map((stream) => stream.name).join(' | ')}`,
  });
}

/** The streams that are meant: those of these names, in the order of the configuration, or all. */
export function streamsNamed<T extends { name: string }>(
  streams: readonly T[],
  named: string | readonly string[] = [],
): readonly T[] {
  const names = [named].flat();
  const known = streams.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown == null) {
    return names.length === 0 ? streams : streams.filter(({ name }) => names.includes(name));
  }
  throw new LockstepError('usage', `no stream ${unknown}${didYouMean(unknown, known)}`, {
    hint: `name one: --stream ${known.join(' | ')}`,
  });
}
