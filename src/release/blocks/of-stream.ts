import type { Stream } from '../../config/schema.ts';
import { openRegistry } from '../../oci/open/open.ts';
import type { Registry } from '../../oci/repository.ts';
import { flistRepository } from '../channel/channel.ts';
import { type FlistSurroundings, flistsOfStream } from '../flists/of-stream.ts';
import type { Removal } from '../retention/removal.ts';
import { type BlockOptions, type BlockPlan, proposeBlocks, removeBlocks } from './cleanup.ts';

/** What a cleanup does in the stores of the flists of a stream. */
export interface BlockCleanup {
  propose(removals: readonly Removal[]): Promise<BlockPlan>;
  /** Looks again, then removes. */
  remove(removals: readonly Removal[]): Promise<void>;
}

/** For a stream without flists undefined. Opens secrets; throws `config`, `usage`. */
export async function blocksWith(
  stream: Stream,
  streams: readonly Stream[],
  around: FlistSurroundings & { registry: Registry; now: () => Date },
): Promise<BlockCleanup | undefined> {
  const flists = await flistsOfStream(stream, around);
  if (!flists) return undefined;
  const { registry, now, env, project: cwd } = around;
  const repository = flistRepository(stream);
  const packed = streams.filter((one) => one.flists && one.name !== stream.name);
  const others = packed.map((one) => ({
    registry: openRegistry(one.publish.registry, { env, cwd }),
    repository: flistRepository(one),
  }));
  const { key: _, ...stores } = flists;
  const options: BlockOptions = {
    ...stores,
    registry,
    repository,
    others: others.filter((one) => !isSame(one, { registry, repository })),
    now,
  };
  return {
    propose: (removals) => proposeBlocks(removals, options),
    remove: async (removals) => removeBlocks(await proposeBlocks(removals, options), options),
  };
}

/** Streams may share the repository of their flists: what goes of it must not be kept by itself. */
function isSame(
  one: { registry: Registry; repository: string },
  other: { registry: Registry; repository: string },
): boolean {
  return (
    one.registry.repository(one.repository).name ===
    other.registry.repository(other.repository).name
  );
}
