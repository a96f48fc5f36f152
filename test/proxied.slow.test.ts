import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { catalog } from '../src/command/catalog.ts';
import { whyNoRegistry } from '../src/oci/testing/docker-registry.ts';
import { putImage } from '../src/oci/testing/image.ts';
import { validateRepository } from '../src/oci/validate.ts';
import { MAY_GO, putPromoted } from '../src/release/testing/promoted.ts';
import { aSigner } from '../src/trust/testing/keys.ts';
import { type Planted, SECRETS, startPlanted } from './planted.ts';
import { aProject, lockstep, type Project } from './project.ts';

const why = whyNoRegistry();

/** A call of every command; capitals stand for places in the registry. */
const CALLS: Record<string, string[]> = {
  init: [],
  versions: [],
  check: [],
  compat: ['refresh', '--releases', 'RELEASES'],
  plan: [],
  run: [],
  report: ['--planned', 'absent'],
  lock: ['sync'],
  diff: ['stable', 'candidate-1111111-12'],
  inputs: [],
  compose: ['--print'],
  status: [],
  verify: ['IMAGE'],
  smoke: ['IMAGE', '--module', 'zfs'],
  tags: ['REPOSITORY'],
  prove: ['candidate-1111111-12'],
  copy: ['REGISTRY', 'oci:./copied', '--all', '--yes'],
  promote: ['candidate-1111111-12'],
  rollback: [],
  cleanup: ['--yes', '--keep-days', '1', '--keep-newest', '0'],
  kernel: ['IMAGE'],
  ls: ['IMAGE'],
  extract: ['IMAGE', '**', '-o', 'out'],
  probe: ['IMAGE', '--module', 'zfs', '--kernel', '6.1.0'],
  rpms: ['list', 'IMAGE'],
  sbom: ['IMAGE'],
  flist: ['from-image', 'IMAGE', '--path', 'usr', '-m', 'usr.fl', '-s', 'dir:///nowhere'],
  ignition: ['build', '--against', 'IMAGE', 'absent.bu'],
  workflow: ['check'],
  pins: ['list'],
  trust: ['verify', 'IMAGE', '--key', 'cosign.pub'],
  completion: ['bash'],
};

/** Commands that ask no registry, or end before they do. */
const ASK_NOTHING = ['init', 'ignition', 'completion', 'report', 'workflow', 'pins'];

describe.skipIf(why != null)(`every command behind a proxy that rewrites ${why ?? ''}`, () => {
  let planted: Planted;
  let project: Project;
  beforeAll(async () => {
    planted = await startPlanted();
    for (const [name, value] of Object.entries(planted.env)) vi.stubEnv(name, value);
    await putPromoted(planted.direct);
    const base = planted.direct.repository('base');
    await putImage(base, { labels: { 'ostree.linux': '6.1.0' }, tag: 'latest' });
    project = await aProject({
      base: { image: `${planted.location}/base:latest` },
      builder: { image: `${planted.location}/base:latest` },
      modules: [{ name: 'zfs', openzfs: '2.4' }],
      publish: { registry: planted.location, image: 'image', kmods: 'kmods' },
      gates: {},
    });
    await writeFile(join(project.path, 'cosign.pub'), aSigner().publicKey.pem);
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await project[Symbol.asyncDispose]();
    await planted[Symbol.asyncDispose]();
  });

  it('has a call of each', () => {
    expect(Object.keys(CALLS).sort()).toEqual(catalog.map(({ name }) => name).sort());
  });

  it.each(Object.entries(CALLS))('%s tells no secret to another origin', async (name, words) => {
    const before = planted.proxy.log.length;
    const places: Record<string, string> = {
      IMAGE: `${planted.location}/image:latest`,
      REPOSITORY: `${planted.location}/image`,
      REGISTRY: planted.location,
      RELEASES: `http://${planted.proxy.host}/repos/openzfs/zfs`,
    };

    const call = await lockstep(project, [name, ...words.map((word) => places[word] ?? word)]);

    expect(planted.leaks()).toEqual([]);
    for (const secret of Object.values(SECRETS)) {
      expect(call.stdout + call.stderr).not.toContain(secret);
    }
    expect(call.status, call.stderr).not.toBe(4);
    if (!ASK_NOTHING.includes(name)) {
      expect(planted.proxy.log.length, call.stderr).toBeGreaterThan(before);
    }
  });

  it('has deleted nothing that a whole list would have kept', async () => {
    const image = planted.direct.repository('image');
    const tags = await image.tags();

    expect(tags).not.toContain(MAY_GO);
    expect(tags).toEqual(expect.arrayContaining(['latest', 'main-12', 'zz-theirs']));
    expect(tags.filter((tag) => /^stable-.*-(?:one|two)-/.test(tag))).toHaveLength(2);
    expect(await validateRepository(image)).toEqual([]);
    expect(planted.storage.log.length).toBeGreaterThan(0);
  });
});
