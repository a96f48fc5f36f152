import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Digest } from '../../system/digest.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { copy } from '../copy.ts';
import type { Descriptor } from '../descriptor.ts';
import { writeWhole } from '../layout/file.ts';
import { type LayoutRepository, openLayout } from '../layout/layout.ts';
import type { ByteRange, Gatherer, Reader, Repository } from '../repository.ts';
import { packLayout } from './pack.ts';
import { Archive } from './reader.ts';

/**
 * An OCI image layout in a tar file (`skopeo copy … oci-archive:FILE`, `podman save`). It is read
 * where it is; what is written is gathered beside it, together with what was in it, until
 * `settle` packs it. Of several writers the last one wins.
 */
export function openArchive(path: string): Repository & Gatherer {
  return new ArchiveRepository(path);
}

/** The last moment that there is: whatever its age, what nothing names is not packed. */
const EVER = new Date(8.64e15);

interface Gathering {
  folder: TemporaryFolder;
  layout: LayoutRepository;
}

class ArchiveRepository implements Repository, Gatherer {
  readonly name: string;
  readonly #path: string;
  #archive: Archive;
  #gathering: Promise<Gathering> | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#archive = new Archive(path);
    this.name = this.#archive.name;
  }

  async resolve(reference: string): Promise<Descriptor | undefined> {
    return (await this.#reader()).resolve(reference);
  }

  async has(descriptor: Descriptor): Promise<boolean> {
    return (await this.#reader()).has(descriptor);
  }

  async *read(descriptor: Descriptor, range?: ByteRange): AsyncGenerator<Uint8Array> {
    yield* (await this.#reader()).read(descriptor, range);
  }

  async tags(): Promise<string[]> {
    return (await this.#reader()).tags();
  }

  async referrers(subject: Digest, artifactType?: string): Promise<Descriptor[]> {
    return (await this.#reader()).referrers(subject, artifactType);
  }

  async write(descriptor: Descriptor, content: AsyncIterable<Uint8Array>): Promise<void> {
    await (await this.#writer()).write(descriptor, content);
  }

  async tag(tag: string, descriptor: Descriptor, expected?: Digest | null): Promise<void> {
    await (await this.#writer()).tag(tag, descriptor, expected);
  }

  async untag(tag: string): Promise<void> {
    await (await this.#writer()).untag(tag);
  }

  async delete(descriptor: Descriptor): Promise<void> {
    await (await this.#writer()).delete(descriptor);
  }

  async settle(): Promise<void> {
    const gathering = await this.#gathering;
    if (!gathering) return;
    try {
      await gathering.layout.sweep(EVER);
      await writeWhole(this.#path, packLayout(gathering.layout));
    } finally {
      await this.abandon();
    }
  }

  async abandon(): Promise<void> {
    const gathering = await this.#gathering;
    this.#gathering = undefined;
    this.#archive = new Archive(this.#path);
    await gathering?.folder[Symbol.asyncDispose]();
  }

  async #reader(): Promise<Reader> {
    return (await this.#gathering)?.layout ?? this.#archive;
  }

  async #writer(): Promise<LayoutRepository> {
    this.#gathering ??= gather(this.#path, this.#archive);
    return (await this.#gathering).layout;
  }
}

/** A layout beside the file, on the same disk, with everything that the file has. */
async function gather(path: string, archive: Archive): Promise<Gathering> {
  await mkdir(dirname(path), { recursive: true });
  const folder = await temporaryFolder(dirname(path));
  const layout = openLayout(join(folder.path, 'layout'));
  try {
    for (const { descriptor, tag } of await archive.entries()) {
      await copy(archive, layout, descriptor, { referrers: true, tags: tag ? [tag] : [] });
    }
    return { folder, layout };
  } catch (error) {
    await folder[Symbol.asyncDispose]();
    throw error;
  }
}
