import { expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { readAll, streamOf } from '../content.ts';
import { OCI_CONFIG, OCI_LAYER, OCI_MANIFEST } from '../media-type.ts';
import type { Repository } from '../repository.ts';
import { validateRepository } from '../validate.ts';
import { putBlob, putImage, putManifest } from './image.ts';

/** The promises of `Repository`, tried on a new one for each of them. */
export function describeRepositoryContract(open: () => Promise<Repository>): void {
  it('reads back what was written, whole and by range', async () => {
    const repository = await open();
    const blob = await putBlob(repository, OCI_LAYER, '0123456789');

    expect(await repository.has(blob)).toBe(true);
    expect(String(await readAll(repository.read(blob), 100, 'blob'))).toBe('0123456789');
    const range = await readAll(repository.read(blob, { start: 3, end: 6 }), 100, 'blob');
    expect(String(range)).toBe('345');
  });

  it('refuses content that is not what its descriptor names', async () => {
    const repository = await open();
    const descriptor = { mediaType: OCI_LAYER, digest: digestOf('right'), size: 5 };

    await expect(repository.write(descriptor, streamOf('wrong'))).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    await expect(repository.write(descriptor, streamOf('righ'))).rejects.toMatchObject({
      code: 'digest-mismatch',
    });
    expect(await repository.has(descriptor)).toBe(false);
  });

  it('names what is not there', async () => {
    const repository = await open();
    const absent = { mediaType: OCI_LAYER, digest: digestOf('absent'), size: 6 };

    expect(await repository.resolve('latest')).toBeUndefined();
    expect(await repository.resolve(absent.digest)).toBeUndefined();
    await expect(readAll(repository.read(absent), 100, 'blob')).rejects.toMatchObject({
      code: 'not-found',
      context: { digest: absent.digest },
    });
  });

  it('moves a tag only from where it is believed to be', async () => {
    const repository = await open();
    const one = await putImage(repository, { seed: 'one' });
    const two = await putImage(repository, { seed: 'two' });

    await repository.tag('stable', one, null);
    await expect(repository.tag('stable', two, null)).rejects.toMatchObject({ code: 'conflict' });
    await expect(repository.tag('stable', two, two.digest)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect((await repository.resolve('stable'))?.digest).toBe(one.digest);
    await repository.tag('stable', two, one.digest);

    expect((await repository.resolve('stable'))?.digest).toBe(two.digest);
    expect((await repository.resolve(one.digest))?.digest).toBe(one.digest);
    expect(await repository.tags()).toEqual(['stable']);
  });

  it('keeps several tags of one manifest apart', async () => {
    const repository = await open();
    const image = await putImage(repository, { tag: 'b' });
    await repository.tag('a', image);
    const other = await putImage(repository, { seed: 'other', tag: 'b' });

    expect(await repository.tags()).toEqual(['a', 'b']);
    expect((await repository.resolve('a'))?.digest).toBe(image.digest);
    expect((await repository.resolve('b'))?.digest).toBe(other.digest);
  });

  it('finds referrers by their subject and type', async () => {
    const repository = await open();
    const subject = await putImage(repository, { tag: 'latest' });
    const artifactType = 'application/vnd.example.note';
    const note = await putImage(repository, { seed: 'note', subject, artifactType });
    await putImage(repository, {
      seed: 'sum',
      subject,
      artifactType: 'application/vnd.example.sum',
    });

    expect((await repository.referrers(subject.digest)).length).toBe(2);
    const found = await repository.referrers(subject.digest, artifactType);
    expect(found.map(({ digest }) => digest)).toEqual([note.digest]);
    expect(await repository.referrers(note.digest)).toEqual([]);
  });

  it('refuses an image whose layer is not there', async () => {
    const repository = await open();
    const config = await putBlob(repository, OCI_CONFIG, '{}');
    const layer = { mediaType: OCI_LAYER, digest: digestOf('nowhere'), size: 7 };
    const image = { mediaType: OCI_MANIFEST, config, layers: [layer] };

    await expect(putManifest(repository, image, 'latest')).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await repository.tags()).toEqual([]);
  });

  it('forgets a manifest with its tags', async () => {
    const repository = await open();
    const image = await putImage(repository, { tag: 'gone' });
    const kept = await putImage(repository, { seed: 'kept', tag: 'kept' });
    await repository.delete(image);

    expect(await repository.tags()).toEqual(['kept']);
    expect(await repository.resolve(image.digest)).toBeUndefined();
    expect((await repository.resolve('kept'))?.digest).toBe(kept.digest);
    expect(await validateRepository(repository)).toEqual([]);
  });
}
