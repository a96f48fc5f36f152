import { describe, expect, it } from 'vitest';
import { readArtifact, writeArtifact } from './artifact.ts';
import { OCI_EMPTY } from './media-type.ts';
import { memoryRepository } from './memory.ts';
import type { Repository } from './repository.ts';
import { putImage, putIndex } from './testing/image.ts';
import { withoutGuard } from './testing/unguarded.ts';
import { validateRepository } from './validate.ts';

const artifactType = 'application/vnd.example.run.v1+json';

describe('writeArtifact', () => {
  it('keeps what it was given, and finds it by its subject', async () => {
    const repository = memoryRepository();
    const subject = await putImage(repository, { tag: 'latest' });
    const layers = [{ mediaType: 'application/json', bytes: Buffer.from('{"a":1}') }];
    const written = await writeArtifact(repository, {
      artifactType,
      subject,
      annotations: { note: 'x' },
      layers,
    });

    const [found] = await repository.referrers(subject.digest, artifactType);
    expect(found).toMatchObject({
      digest: written.digest,
      artifactType,
      annotations: { note: 'x' },
    });
    const read = await readArtifact(repository, written.digest);
    expect(read).toMatchObject({ artifactType, subject, annotations: { note: 'x' }, layers });
    expect(await validateRepository(repository)).toEqual([]);
  });

  it('gives the same artifact the same digest', async () => {
    const one = await writeArtifact(memoryRepository(), { artifactType, layers: [] });
    const two = await writeArtifact(memoryRepository(), { artifactType, layers: [] });

    expect(one).toEqual(two);
  });

  it('stores once what several that are written at once have in common', async () => {
    const repository = withoutGuard(memoryRepository());
    const stored: string[] = [];
    const counting: Repository = {
      ...repository,
      write: async (descriptor, content) => {
        stored.push(descriptor.mediaType);
        await repository.write(descriptor, content);
      },
    };

    await Promise.all(
      ['a', 'b', 'c'].map((note) =>
        writeArtifact(counting, { artifactType, annotations: { note }, layers: [] }),
      ),
    );

    expect(stored.filter((type) => type === OCI_EMPTY)).toHaveLength(1);
    expect(await validateRepository(repository)).toEqual([]);
  });
});

describe('readArtifact', () => {
  it('refuses an index', async () => {
    const repository = memoryRepository();
    const index = await putIndex(repository, [await putImage(repository)]);

    await expect(readArtifact(repository, index)).rejects.toMatchObject({
      code: 'invalid-content',
    });
  });
});
