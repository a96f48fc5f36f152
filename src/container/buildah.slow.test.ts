import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findProgram } from '../system/program.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { openBuildah, removeStorage } from './buildah.ts';

const { env } = process;
const whyNot = ['buildah', 'busybox'].some((name) => !findProgram(name, env));

const RECIPE = `FROM scratch
COPY busybox /bin/busybox
`;

/** Mounts below a folder that the machine sees. */
async function mountsIn(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n');
  return lines.filter((line) => line.includes(folder));
}

describe('openBuildah', () => {
  it.skipIf(whyNot || process.getuid?.() !== 0)(
    'mounts nothing that would stand when it is killed',
    async () => {
      await using folder = await temporaryFolder();
      await copyFile(findProgram('busybox', env) ?? '', join(folder.path, 'busybox'));
      await writeFile(join(folder.path, 'Containerfile'), RECIPE);
      const aborter = new AbortController();
      const storage = join(folder.path, 'storage');
      const options = { storage, env, root: true };
      const buildah = await openBuildah({ ...options, signal: aborter.signal });
      await buildah.call(['bud', '--isolation', 'chroot', '-t', 'localhost/x', folder.path]);
      await buildah.call(['from', '--name', 'c', 'localhost/x']);
      const shell = 'echo inside; sleep 1000';
      const command = ['/bin/busybox', 'sh', '-c', shell.replace('sleep', '/bin/busybox sleep')];

      let seen: Promise<string[]> | undefined;
      const running = buildah.try(['run', '--isolation', 'chroot', 'c', '--', ...command], {
        onLine: (line) => {
          if (line !== 'inside') return;
          seen = mountsIn(folder.path).finally(() => aborter.abort(new Error('enough')));
        },
      });

      await expect(running).rejects.toThrow('enough');
      expect(await seen).toEqual([]);
      expect(await mountsIn(folder.path)).toEqual([]);
      await removeStorage(options);
    },
  );
});
