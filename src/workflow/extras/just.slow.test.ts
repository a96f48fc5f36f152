import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRepository } from '../../oci/open/open.ts';
import { putImage } from '../../oci/testing/image.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { anRpm } from '../../package/testing/rpm-builder.ts';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { findPeer } from '../../system/testing/peers.ts';
import { githubRun } from '../runs/testing/answers.ts';
import { anEngine, json } from '../runs/testing/server.ts';

const BIN = join(import.meta.dirname, '../../../bin');
const KERNEL = '6.17.8-300.fc43.x86_64';
const BUTANE = "first {{boot}}'s.bu";

const stream = (registry: string) => `version: 1
name: kinoite-zfs
base: { image: "host.example/base:latest" }
builder: { image: "host.example/builder:{os_version}" }
modules: [{ name: zfs, openzfs: "2.4" }]
publish: { registry: "oci:${registry}", image: kinoite-zfs, kmods: kmods-zfs }
ci: { program: lockstep, ignition: "${BUTANE}" }
`;
const DEBIAN = `version: 1
name: debian-acpi
base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
modules: [{ name: acpi-call, dkms: acpi-call-dkms }]
publish: { registry: "oci:/srv/store", image: debian-acpi, kmods: kmods-acpi }
ci: { program: lockstep }
`;

const just = await findPeer('just');
const program = 'why' in just ? '' : just.program;

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder();
  const store = join(folder.path, 'store');
  await aProject('fedora', stream(store));
  await aProject('debian', DEBIAN);
  await writeFile(join(folder.path, 'fedora', BUTANE), 'variant: fcos\nversion: 1.5.0\n');
  await publish(store);
});

afterAll(() => folder[Symbol.asyncDispose]());

/** A project with a Justfile of its own. */
async function aProject(name: string, config: string): Promise<void> {
  const path = join(folder.path, name);
  await mkdir(path);
  await writeFile(join(path, 'lockstep.yaml'), config);
  const generate = ['workflow', 'generate', '--extras', 'just', '-C', path];
  expect(await run(join(BIN, 'lockstep'), generate)).toMatchObject({ status: 0, stderr: '' });
}

/** A stable image, and the packages of the modules that it says it holds. */
async function publish(store: string): Promise<void> {
  const open = (name: string) =>
    openRepository(`oci:${join(store, name)}`, { env: {}, cwd: folder.path });
  const files = { [`/lib/modules/${KERNEL}/extra/zfs/zfs.ko.xz`]: 'module' };
  const rpm = anRpm({ name: `kmod-zfs-${KERNEL}`, version: '2.4.3', files });
  const layers = [gzipLayer({ 'kmod.rpm': rpm })];
  const kmods = await putLayers(open('kmods-zfs'), layers, { tag: 'main-43' });
  const annotations = {
    'dev.lockstep.kernel': KERNEL,
    'dev.lockstep.kmods': `${KERNEL}=${kmods.digest}`,
  };
  await putImage(open('kinoite-zfs'), { tag: 'latest', annotations });
}

/** Calls just in a project. */
function call(name: string, args: string[], env: NodeJS.ProcessEnv = {}) {
  const path = `${BIN}:${process.env.PATH}`;
  const cwd = join(folder.path, name);
  return run(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env, PATH: path } });
}

describe.skipIf('why' in just)('the recipes of a Justfile, in just', () => {
  it('are each one command, with what is given as text', async () => {
    const listed = await call('fedora', ['--summary']);
    const recipes = listed.stdout.trim().split(' ');
    const hostile = `$(touch owned) 'x' {{ env('HOME') }}`;

    expect(listed.status, listed.stderr).toBe(0);
    expect(recipes).toHaveLength(16);
    for (const recipe of recipes) {
      const dry = await call('fedora', ['--dry-run', recipe]);
      expect(dry, recipe).toMatchObject({
        status: 0,
        stderr: expect.stringMatching(/^lockstep [^\n]+\n$/) as string,
      });
    }
    const refused = await call('fedora', ['list-rpms', hostile]);
    expect(refused.stderr).toContain(`error: ${hostile} is no tag\n`);
    expect(await readdir(join(folder.path, 'fedora'))).not.toContain('owned');
  });

  it('list and fetch the packages of what is stable, or of a tag', async () => {
    const [stable, tagged] = [
      await call('fedora', ['list-rpms']),
      await call('fedora', ['list-rpms', 'main-43']),
    ];
    const fetched = await call('fedora', ['extract-rpms']);

    expect(stable.stdout, stable.stderr).toContain(`kmod-zfs-${KERNEL}`);
    expect(tagged.stdout).toBe(stable.stdout);
    expect(fetched.stdout).toBe('kmod.rpm\n');
    expect(await readdir(join(folder.path, 'fedora/rpms'))).toEqual(['kmod.rpm']);
  });

  it('show what cleanup would remove, and make the first boot', async () => {
    const cleanup = await call('fedora', ['cleanup-dry-run', '30', '1']);
    const checked = await call('fedora', ['butane']);
    const made = await call('fedora', ['generate-ignition']);

    expect([cleanup.status, checked.status, made.status], cleanup.stderr + made.stderr).toEqual([
      0, 0, 0,
    ]);
    const ignition = await readFile(join(folder.path, 'fedora/config.ign'), 'utf8');
    expect(JSON.parse(ignition)).toMatchObject({ ignition: { version: '3.4.0' } });
  });

  it('start runs in CI, and tell how they went', async () => {
    await using it = await anEngine('github', {
      'GET actions/workflows/build.yml/runs': json({ workflow_runs: [] }),
      'POST actions/workflows/build.yml/dispatches': json({ workflow_run_id: 1004 }),
      'GET actions/runs/1004': json(githubRun(1004, { status: 'queued', conclusion: null })),
      'GET actions/runs?': json({ workflow_runs: [githubRun(1003)] }),
      'GET actions/workflows?': json({ workflows: [] }),
    });
    const git = (...args: string[]) => run('git', ['-C', join(folder.path, 'fedora'), ...args]);
    await git('init', '--quiet');
    await git('remote', 'add', 'origin', `http://${it.server.host}/you/images.git`);

    const started = await call('fedora', ['run-workflow', '--input', 'streams=nas'], it.env);
    const status = await call('fedora', ['workflow-status'], it.env);

    expect([started.status, status.status], started.stderr + status.stderr).toEqual([0, 0]);
    expect(it.bodies[0]).toMatchObject({ inputs: { streams: 'nas' } });
  });

  it('tell what upstream has', async () => {
    const get = async (recipe: string) => {
      const { status, stdout, stderr } = await call('debian', [recipe]);
      expect(status, stderr).toBe(0);
      return stdout.trim();
    };
    const kernel = await get('kernel-version');

    expect(kernel).toMatch(/^6\.1\.0-\d+-cloud-amd64$/);
    expect(await get('zfs-version')).toMatch(/^1\.2\./);
    expect(await get('versions')).toContain(kernel);
    expect(await get('check-compatibility')).toContain('fits');
    expect((await call('debian', ['--summary'])).stdout).not.toContain('rpms');
  });
});
