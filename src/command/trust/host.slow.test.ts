import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRegistry } from '../../oci/open/open.ts';
import {
  type RegistryServer,
  startDockerRegistry,
  whyNoRegistry,
} from '../../oci/testing/docker-registry.ts';
import { putImage } from '../../oci/testing/image.ts';
import { run } from '../../system/process.ts';
import { findPeer, type Peer } from '../../system/testing/peers.ts';
import { putTwoPlatforms } from '../../trust/testing/signed-image.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const COSIGN_PASSWORD = 'correct horse';
const why = whyNoRegistry();

describe.skipIf(why != null)(`hosts that trust what lockstep signed ${why ?? ''}`, () => {
  let server: RegistryServer;
  let skopeo: Peer | { why: string };
  let signed: string;
  let unsigned: string;

  const lockstep = (...words: string[]) =>
    run(process.execPath, [MAIN, ...words, '-C', server.folder], {
      env: { PATH: process.env.PATH, COSIGN_PASSWORD },
    });

  beforeAll(async () => {
    [server, skopeo] = await Promise.all([startDockerRegistry(), findPeer('skopeo-sid')]);
    const registry = openRegistry(server.host, { env: {}, cwd: '/' });
    await putTwoPlatforms(registry.repository('os/zfs'));
    await putImage(registry.repository('os/zfs'), { seed: 'unsigned', tag: 'unsigned' });
    signed = `${server.host}/os/zfs:latest`;
    unsigned = `${server.host}/os/zfs:unsigned`;
    await lockstep('trust', 'init');
    await lockstep('trust', 'init', '--name', 'new');
    await lockstep('trust', 'sign', signed, '--key', 'cosign.key');
  }, 120_000);
  afterAll(() => server[Symbol.asyncDispose]());

  const policy = (root: string, ...words: string[]) =>
    lockstep(
      'trust',
      'policy',
      '-o',
      root,
      '--name',
      'zfs',
      '--scope',
      `${server.host}/os/zfs`,
      ...words,
    );

  const simulate = async (root: string, ...words: string[]) => {
    const { status, stdout } = await lockstep(
      'trust',
      'simulate',
      '--root',
      root,
      '--json',
      ...words,
    );
    return { status, said: JSON.parse(stdout) };
  };

  /** Paths of keys are those of the host; skopeo runs on this machine. */
  async function skopeoPulls(root: string, reference: string): Promise<boolean> {
    if ('why' in skopeo) throw new Error(skopeo.why);
    const etc = join(server.folder, root, 'etc');
    const here = join(server.folder, root, 'here.json');
    const text = readFileSync(join(etc, 'containers/policy.json'), 'utf8');
    writeFileSync(here, text.replaceAll('"/etc/', `"${etc}/`));
    const out = join(server.folder, root, `out-${Math.random().toString(36).slice(2)}`);
    mkdirSync(out);
    const host = ['--policy', here, '--registries.d', join(etc, 'containers/registries.d')];
    const how = [
      '--override-arch',
      'amd64',
      'copy',
      '--src-tls-verify=false',
      '--remove-signatures',
    ];
    const { status, stderr } = await run(skopeo.program, [
      ...host,
      ...how,
      `docker://${reference}`,
      `dir:${out}`,
    ]);
    if (status !== 0 && !stderr.includes('Source image rejected')) throw new Error(stderr);
    return status === 0;
  }

  it.each(['accepts', 'enforces'])(
    'a host that %s by the files of trust policy',
    async (how) => {
      const enforce = how === 'enforces' ? ['--enforce'] : [];
      const { status, stdout } = await policy(how, '--key', 'cosign.pub', ...enforce);

      expect({ status, files: stdout.split('\n') }).toMatchObject({
        status: 0,
        files: [
          'etc/containers/policy.json',
          'etc/containers/registries.d/zfs.yaml',
          expect.stringMatching(/^etc\/pki\/containers\/zfs-[0-9a-f]{7}\.pub$/),
          '',
        ],
      });
      const good = await simulate(how, signed, '--require-signed');
      expect(good).toMatchObject({
        status: 0,
        said: { accepted: true, reference: signed, platform: 'linux/amd64' },
      });
      const bad = await simulate(how, unsigned);
      expect(bad).toMatchObject({
        status: 1,
        said: { accepted: false, scope: expect.stringContaining('os/zfs') },
      });
      expect([await skopeoPulls(how, signed), await skopeoPulls(how, unsigned)]).toEqual([
        true,
        false,
      ]);
    },
    60_000,
  );

  it('foretells what becomes of a host that has the old key alone', async () => {
    await policy('before', '--key', 'cosign.pub');
    await policy('both', '--key', 'cosign.pub', '--key', 'new.pub');
    await policy('after', '--key', 'new.pub');
    const foretold = async () =>
      Promise.all(
        ['before', 'both', 'after'].map(
          async (root) => (await simulate(root, signed)).said.accepted,
        ),
      );
    const pulled = async () =>
      Promise.all(['before', 'both', 'after'].map((root) => skopeoPulls(root, signed)));

    expect(await foretold()).toEqual([true, true, false]);
    expect(await pulled()).toEqual([true, true, false]);
  }, 60_000);

  it('tells of several images in one list, and of a policy that would not load with exit 2', async () => {
    await policy('several', '--key', 'cosign.pub');

    const { status, said } = await simulate('several', signed, unsigned);
    expect(status).toBe(1);
    expect(said.map(({ accepted }: { accepted: boolean }) => accepted)).toEqual([true, false]);

    writeFileSync(
      join(server.folder, 'several/etc/containers/policy.json'),
      '{"default": [], "new": 1}',
    );
    expect(await simulate('several', signed)).toMatchObject({
      status: 2,
      said: { error: { code: 'config' } },
    });
  }, 60_000);

  it('tells a key that is missing, and a store that is a folder, from what hosts can use', async () => {
    const none = await policy('none');
    expect(none).toMatchObject({ status: 2, stderr: expect.stringContaining('hosts need a key') });
    const folder = await lockstep(
      'trust',
      'policy',
      '-o',
      'none',
      '--name',
      'zfs',
      '--scope',
      'oci:store/zfs',
      '--key',
      'cosign.pub',
    );
    expect(folder).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('hosts pull from registries'),
    });
  }, 60_000);
});
