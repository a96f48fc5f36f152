import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { openLayout, openLayoutRegistry } from '../../oci/layout/layout.ts';
import { gzipLayer, putLayers } from '../../oci/testing/layers.ts';
import { aMeta, type ScriptedGithub, startGithub } from '../../source/testing/github.ts';
import { aSignedRelease, aSigner, type Signer } from '../../source/testing/github-release.ts';
import { silent } from '../../system/event.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import type { StreamOptions } from '../context/new-run.ts';
import { checkStream, survey } from './survey.ts';
import { surveyedValue } from './value.ts';

const KERNEL = '6.18.9-200.fc44.x86_64';
let github: ScriptedGithub;
let signer: Signer;
let project: TemporaryFolder;
let digest: string;

beforeAll(async () => {
  [github, signer, project] = await Promise.all([startGithub(), aSigner(), temporaryFolder()]);
  const layer = gzipLayer({
    'usr/lib/os-release': 'ID=fedora\nVERSION_ID=44\n',
    'usr/bin/dnf5': '',
    [`usr/lib/modules/${KERNEL}/vmlinuz`]: 'kernel',
    [`usr/lib/modules/${KERNEL}/kernel/fs/ext4.ko.xz`]: 'module',
  });
  const labels = { 'org.opencontainers.image.version': '44.20261120.0' };
  const base = openLayout(join(project.path, 'base'));
  const image = await putLayers(base, [layer], { tag: 'latest', labels });
  await base.tag('44.20261120.0', image);
  ({ digest } = image);
  github.releases = [
    { tag: 'zfs-2.5.0-rc1', meta: aMeta('2.5.0', '7.0') },
    await aSignedRelease(signer, '2.3.5', { max: '6.17' }),
    await aSignedRelease(signer, '2.4.10', { max: '6.18' }),
    await aSignedRelease(signer, '2.4.9', { max: '6.18' }),
    { tag: 'zfs-0.8.6' },
  ];
});
afterAll(async () => {
  await Promise.all([github, signer, project].map((one) => one[Symbol.asyncDispose]()));
});

async function streamFollowing(line: string) {
  await cp(signer.keyring, join(project.path, 'keys.asc'));
  return SingleConfig.parse({
    version: 1,
    name: 'kinoite-zfs',
    base: { image: 'oci:./base:latest' },
    builder: { image: 'registry.example/fedora:{os_version}' },
    modules: [{ name: 'zfs', openzfs: line, releases: github.repository, keys: 'keys.asc' }],
    publish: { registry: 'oci:./store', image: 'kinoite-zfs', kmods: 'akmods-zfs' },
  });
}

function options(): StreamOptions {
  return {
    registry: openLayoutRegistry(join(project.path, 'store')),
    project: project.path,
    env: process.env,
    now: () => new Date('2026-11-20T10:00:00Z'),
    signal: new AbortController().signal,
    emit: silent,
  };
}

describe(survey, () => {
  it('tells the base, its kernel, and the newest release of each line with what fits', async () => {
    const found = await survey(await streamFollowing('2.4'), options());

    expect(found).toMatchObject({
      stream: 'kinoite-zfs',
      base: `oci:./base@${digest}`,
      digest,
      tag: '44.20261120.0',
      osVersion: '44',
      kernel: { release: KERNEL, majorMinor: '6.18' },
      modules: [{ name: 'zfs', version: '2.4.10', fits: true }],
      kernels: [{ release: KERNEL, fits: true }],
      newestFitting: KERNEL,
      findings: [],
    });
    expect(found.releases.map(({ version, fits, followed }) => [version, fits, followed])).toEqual([
      ['2.4.10', true, true],
      ['2.3.5', false, false],
      ['0.8.6', false, false],
    ]);
  });
});

describe(checkStream, () => {
  it('is the compat gate alone: a line that supports no such kernel does not fit', async () => {
    const { findings, releases, modules } = await checkStream(
      await streamFollowing('2.3'),
      options(),
    );

    expect(findings).toMatchObject([{ rule: 'kernel-too-new', severity: 'error', found: KERNEL }]);
    expect(modules).toMatchObject([{ version: '2.3.5', fits: false }]);
    expect(releases).toEqual([]);
  });
});

describe(surveyedValue, () => {
  it('gives single values and asks for no more than they need', async () => {
    const stream = await streamFollowing('2.4');
    const get = (name: string) => surveyedValue(stream, name, options());
    github.asked.length = 0;

    expect(await get('kernel')).toBe(KERNEL);
    expect(await get('kernel-major-minor')).toBe('6.18');
    expect(await get('os-version')).toBe('44');
    expect(await get('base')).toBe(`oci:./base@${digest}`);
    expect(await get('base-digest')).toBe(digest);
    expect(await get('base-tag')).toBe('44.20261120.0');
    expect(await get('module.nvidia')).toBeUndefined();
    expect(github.asked).toEqual([]);
    expect(await get('module.zfs')).toBe('2.4.10');
    await expect(get('constructor')).rejects.toMatchObject({ code: 'usage' });
  });
});
