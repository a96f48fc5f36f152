import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../../system/digest.ts';
import { findProgram } from '../../system/program.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { copy } from '../copy.ts';
import { openLayout } from '../layout/layout.ts';
import { memoryRepository } from '../memory.ts';
import { putImage, putIndex } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';
import { openArchive } from './oci-archive.ts';

const why = findProgram('skopeo', process.env) ? '' : 'skopeo is not installed';

/** A layer that skopeo accepts: an empty tar file. */
const layers = [Buffer.alloc(1024)];

describe.skipIf(why !== '')(`layouts beside skopeo ${why}`, () => {
  it('are read by skopeo, all platforms and all tags, and read what skopeo wrote', async () => {
    await using folder = await temporaryFolder();
    const [ours, theirs] = [join(folder.path, 'ours'), join(folder.path, 'theirs')];
    const layout = openLayout(ours);
    const platform = (architecture: string) => ({ platform: { os: 'linux', architecture } });
    const amd64 = await putImage(layout, { layers, tag: 'amd64' });
    const arm64 = await putImage(layout, { layers, architecture: 'arm64' });
    const index = await putIndex(
      layout,
      [
        { ...amd64, ...platform('amd64') },
        { ...arm64, ...platform('arm64') },
      ],
      { tag: 'latest' },
    );

    skopeo('copy', '--all', '--preserve-digests', `oci:${ours}:latest`, `oci:${theirs}:v1`);
    skopeo('copy', `oci:${ours}:amd64`, `oci:${ours}:again`);

    expect((await openLayout(theirs).resolve('v1'))?.digest).toBe(index.digest);
    expect(await layout.tags()).toEqual(['again', 'amd64', 'latest']);
    expect(await validateRepository(openLayout(theirs))).toEqual([]);
    expect(await validateRepository(layout)).toEqual([]);
  });

  it('are read out of an archive that skopeo packed', async () => {
    await using folder = await temporaryFolder();
    const layout = openLayout(join(folder.path, 'ours'));
    const image = await putImage(layout, { layers, tag: 'latest' });
    const file = join(folder.path, 'image.tar');
    skopeo('copy', '--preserve-digests', `oci:${layout.path}:latest`, `oci-archive:${file}:v1`);

    const archive = openArchive(file);
    const to = memoryRepository();
    await copy(archive, to, 'v1', { tags: ['v1'] });

    expect(await archive.tags()).toEqual(['v1']);
    expect((await to.resolve('v1'))?.digest).toBe(image.digest);
    expect(await validateRepository(to)).toEqual([]);
  });

  it('are packed into an archive that skopeo reads, with a tag and without', async () => {
    await using folder = await temporaryFolder();
    const layout = openLayout(join(folder.path, 'ours'));
    const image = await putImage(layout, { layers, tag: 'latest' });
    const file = join(folder.path, 'image.tar');
    await copy(layout, openArchive(file), 'latest', { tags: ['v1'] });
    const back = openLayout(join(folder.path, 'back'));

    const inspected = execFileSync('skopeo', ['inspect', '--raw', `oci-archive:${file}`]);
    skopeo('copy', '--preserve-digests', `oci-archive:${file}:v1`, `oci:${back.path}:v1`);

    expect(digestOf(inspected)).toBe(image.digest);
    expect((await back.resolve('v1'))?.digest).toBe(image.digest);
    expect(await validateRepository(back)).toEqual([]);
  });

  it('are packed with every platform of an index', async () => {
    await using folder = await temporaryFolder();
    const layout = openLayout(join(folder.path, 'ours'));
    const image = await putImage(layout, { layers });
    const platform = { os: 'linux', architecture: 'amd64' };
    const index = await putIndex(layout, [{ ...image, platform }], { tag: 'latest' });
    const file = join(folder.path, 'image.tar');
    await copy(layout, openArchive(file), 'latest', { tags: ['latest'] });

    const all = ['copy', '--all', '--preserve-digests', `oci-archive:${file}`];
    skopeo(...all, `oci:${folder.path}/back:latest`);

    const back = openLayout(join(folder.path, 'back'));
    expect((await back.resolve('latest'))?.digest).toBe(index.digest);
  });
});

function skopeo(...args: string[]): void {
  execFileSync('skopeo', args, { stdio: 'pipe' });
}
