import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { run, startGuarded } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { putImage } from '../testing/image.ts';
import { validateRepository } from '../validate.ts';
import { PARTIAL } from './file.ts';
import { openLayout } from './layout.ts';

const tagger = join(import.meta.dirname, '../testing/tagger.ts');
const quiet = '--disable-warning=ExperimentalWarning';
/** A file system of 3 MiB, made without being root. */
const SMALL_DISK = `mount -t tmpfs -o size=3m none "$1" && exec "$2" ${quiet} "$3" "$1" fill 4`;

describe('openLayout in several processes', () => {
  it('loses no tag and stays whole when writers are killed at any moment', async () => {
    await using folder = await temporaryFolder();
    const said: string[] = [];
    const writers = Array.from({ length: 6 }, async (_, index) => {
      const args = [quiet, tagger, folder.path, `w${index}`, '400'];
      const { child, stdout, exited } = startGuarded(process.execPath, args);
      let text = '';
      stdout.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      await sleep(1500 + index * 300);
      child.kill('SIGKILL');
      await exited;
      said.push(...text.split('\n').slice(0, -1));
    });
    await Promise.all(writers);

    const layout = openLayout(folder.path);
    const image = await putImage(layout, { seed: 'after', tag: 'after' });
    expect(await layout.tags()).toEqual(expect.arrayContaining(said));
    expect(said.length).toBeGreaterThan(5);
    expect(await validateRepository(layout)).toEqual([]);

    await layout.sweep(new Date(Date.now() + 1000));
    const left = await readdir(join(folder.path, 'blobs/sha256'));
    expect(left.filter((file) => file.startsWith(PARTIAL))).toEqual([]);
    expect(await validateRepository(layout)).toEqual([]);
    expect((await layout.resolve('after'))?.digest).toBe(image.digest);
  });

  it('says that the disk is full', async ({ skip }) => {
    await using folder = await temporaryFolder();
    const args = ['-Urm', 'sh', '-c', SMALL_DISK, 'sh', folder.path, process.execPath, tagger];
    const { status, stdout, stderr } = await run('unshare', args);
    skip(status !== 0 && stderr.includes('unshare'), 'no user namespaces here');

    expect(stdout.trim()).toBe('disk-full');
  });
});
