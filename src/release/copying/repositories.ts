import type { Stream } from '../../config/schema.ts';
import { flistRepository, streamForChannel } from '../channel/channel.ts';
import { FOLLOWED_FLISTS } from '../flists/names.ts';
import type { CopiedRepository } from './plan.ts';

type Kind = Pick<CopiedRepository, 'isKmods' | 'isMain'>;

/** All branches share their repositories. */
const A_BRANCH = { name: 'branch', branch: 'any' } as const;

/**
 * The repositories of these streams, each once: kmods and flists before the images that they go
 * with. `all` adds those of branches.
 */
export function repositoriesOf(
  streams: readonly Stream[],
  { all = false }: { all?: boolean } = {},
): CopiedRepository[] {
  const found = new Map<string, CopiedRepository>();
  const add = (name: string, stable: readonly string[], kind: Kind) => {
    const known = found.get(name);
    found.set(name, { ...kind, ...known, name, stable: [...(known?.stable ?? []), ...stable] });
  };
  for (const isKmods of [true, false]) {
    for (const stream of streams) {
      if (isKmods && stream.flists)
        add(flistRepository(stream), FOLLOWED_FLISTS, { isKmods: false, isMain: true });
      const own = stream.publish;
      add(isKmods ? own.kmods : own.image, isKmods ? [] : own.stable, { isKmods, isMain: true });
      if (!all) continue;
      const { kmods, image } = streamForChannel(stream, A_BRANCH).publish;
      add(isKmods ? kmods : image, [], { isKmods, isMain: false });
    }
  }
  return [...found.values()];
}
