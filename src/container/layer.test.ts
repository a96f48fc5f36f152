import { describe, expect, it } from 'vitest';
import { decompress } from '../file/compression/compression.ts';
import { TAR_END, tarEntry } from '../file/tar/write.ts';
import { memoryRepository } from '../oci/memory.ts';
import { digestOfStream } from '../system/digest.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { writeLayer } from './layer.ts';

async function* aTar(): AsyncGenerator<Uint8Array> {
  yield* tarEntry({ path: 'etc/motd' }, 'hello\n'.repeat(10_000));
  yield TAR_END;
}

describe('writeLayer', () => {
  it.each(['gzip', 'zstd:chunked'] as const)(
    'stores %s that unpacks to what its diff id names',
    async (compression) => {
      await using folder = await temporaryFolder();
      const repository = memoryRepository();

      const layer = await writeLayer(repository, aTar(), { compression, scratch: folder.path });

      const unpacked = await digestOfStream(decompress(repository.read(layer.descriptor)));
      expect(unpacked.digest).toBe(layer.diffId);
      expect(layer.descriptor.mediaType).toMatch(compression === 'gzip' ? /gzip$/ : /zstd$/);
      expect(layer.descriptor.annotations != null).toBe(compression === 'zstd:chunked');
    },
  );

  it('throws what its source throws', async () => {
    await using folder = await temporaryFolder();
    async function* broken(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(512);
      throw new Error('the source broke');
    }
    await expect(
      writeLayer(memoryRepository(), broken(), { scratch: folder.path }),
    ).rejects.toThrow('the source broke');
  });
});
