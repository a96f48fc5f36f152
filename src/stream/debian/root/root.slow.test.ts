import { spawn } from 'node:child_process';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runOk } from '../../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../../system/temporary.ts';
import { type Archive, openArchive } from '../apt/archive.ts';
import { fetchPackages } from '../apt/fetch.ts';
import { type PackageSet, packageSet } from '../apt/package-set.ts';
import { resolvePackages } from '../apt/resolve.ts';
import { listKernels, resolveDebianBase } from '../kernel.ts';
import { makeRoot, type RootOptions, WITHOUT_DOCUMENTATION } from './root.ts';

let folder: TemporaryFolder;
let archive: Archive;
let essential: PackageSet;

/** The machine's own archive: these tests prove that lockstep gets along with a real one. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const request = { suites: ['bookworm'], components: ['main'] };
  archive = await openArchive(request, { folder: join(folder.path, 'apt'), env: process.env });
  essential = await resolvePackages(archive, { packages: [] });
  await fetchPackages(archive, essential, { pool: join(folder.path, 'pool') });
});
afterAll(() => folder[Symbol.asyncDispose]());

function options(over: Partial<RootOptions> = {}): RootOptions {
  return {
    pool: join(folder.path, 'pool'),
    output: join(folder.path, 'root.tar'),
    work: join(folder.path, 'work'),
    sourceDateEpoch: 1_700_000_000,
    env: process.env,
    uid: process.getuid?.() ?? 0,
    exclude: WITHOUT_DOCUMENTATION,
    ...over,
  };
}

describe(resolveDebianBase, () => {
  it('follows a meta package to the exact kernel that the archive has', async () => {
    const kernel = 'linux-image-cloud-amd64';

    const base = await resolveDebianBase(archive, { suite: 'bookworm', kernel });

    const kernels = await listKernels(archive);
    expect(base).toMatchObject({ codename: 'bookworm', osVersion: '12' });
    expect(base.kernelRelease).toMatch(/^6\.1\.0-\d+-cloud-amd64$/);
    expect(kernels.map(({ release }) => release)).toContain(base.kernelRelease);
    expect(base.packages.packages.map(({ name }) => name)).toContain(base.kernelPackage.name);
  });

  it('throws not-found for a kernel that the archive does not have', async () => {
    const asked = { suite: 'bookworm', kernel: 'linux-image-6.0.0-99-amd64' };

    await expect(resolveDebianBase(archive, asked)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe(makeRoot, () => {
  it('gives the same bytes again, with nothing of this machine in them', async () => {
    const first = await makeRoot(essential, options());
    const second = await makeRoot(essential, options({ output: join(folder.path, 'again.tar') }));

    expect(second.digest).toBe(first.digest);
    expect(await readdir(join(folder.path, 'work/roots'))).toEqual([]);
    const { stdout } = await runOk('tar', ['-tf', first.path]);
    expect(stdout).toContain('./etc/debian_version');
    expect(stdout).not.toMatch(/etc\/(hostname|resolv\.conf)|99mmdebstrap|\.deb$/m);
  });

  it('throws program-failed with what dpkg said when a package cannot be installed', async () => {
    const lacking = packageSet(essential.packages.filter(({ name }) => name !== 'libc6'));

    await expect(makeRoot(lacking, options())).rejects.toMatchObject({
      code: 'program-failed',
      message: expect.stringContaining('libc6'),
    });
  });

  it('leaves nothing running when it is killed, and removes what was left at the next call', async () => {
    const work = join(folder.path, 'killed');
    const request = join(folder.path, 'request.json');
    await writeFile(
      request,
      JSON.stringify({ set: essential, options: options({ work, env: {} }) }),
    );
    const source = `import { makeRoot } from ${JSON.stringify(join(import.meta.dirname, 'root.ts'))};
      import { readFileSync } from 'node:fs';
      const { set, options } = JSON.parse(readFileSync(${JSON.stringify(request)}, 'utf8'));
      await makeRoot(set, { ...options, env: process.env, onLine: () => console.log('line') });`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await delay(1500);
    child.kill('SIGKILL');
    await delay(1000);

    const { stdout } = await runOk('ps', ['-eo', 'stat,args']);
    expect(
      stdout.split('\n').filter((line) => line.includes(work) && !line.startsWith('Z')),
    ).toEqual([]);
    await expect(makeRoot(packageSet([]), options({ work }))).rejects.toThrow();
    expect(await readdir(join(work, 'roots'))).toEqual([]);
  });
});
