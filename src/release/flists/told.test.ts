import { describe, expect, it } from 'vitest';
import { writeArtifact } from '../../oci/artifact.ts';
import { memoryRepository } from '../../oci/memory.ts';
import { FLIST_ANNOTATION, FLIST_TYPE } from './artifact.ts';
import { followedFlists } from './told.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe(followedFlists, () => {
  it('tells kernel, digest and routes without whoever may read them', async () => {
    const repository = memoryRepository();
    const put = async (tag: string, title: string, routes: string) => {
      const annotations = {
        [FLIST_ANNOTATION.title]: title,
        [FLIST_ANNOTATION.digest]: DIGEST,
        [FLIST_ANNOTATION.routes]: routes,
      };
      await repository.tag(
        tag,
        await writeArtifact(repository, { artifactType: FLIST_TYPE, annotations, layers: [] }),
      );
    };
    await put('modules-6.1.0-latest', 'modules-6.1.0.fl', '00-7f=dir:///a 80-ff=http://h/b');
    await put('firmware-latest', 'firmware-20261126.fl', '00-ff=s3://user:secret@h:1/bucket');
    await put('candidate-abc-firmware-x', 'firmware-x.fl', '00-ff=dir:///c');
    await put('modules-6.2.0-latest', 'something-else', '00-ff=dir:///d');

    expect(await followedFlists(repository)).toEqual([
      { tag: 'firmware-latest', digest: DIGEST, routes: ['00-ff=s3://***@h:1/bucket'] },
      {
        tag: 'modules-6.1.0-latest',
        kernel: '6.1.0',
        digest: DIGEST,
        routes: ['00-7f=dir:///a', '80-ff=http://h/b'],
      },
    ]);
    expect(await followedFlists(memoryRepository())).toEqual([]);
  });
});
