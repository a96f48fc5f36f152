import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SingleConfig } from '../../config/schema.ts';
import { memoryRegistry } from '../../oci/memory.ts';
import { silent } from '../../system/event.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { runContext } from './new-run.ts';
import { preflight, programFindings, programsOf, roomFindings } from './preflight.ts';

const CONFIG = {
  version: 1,
  name: 's',
  base: { debian: { suite: 'bookworm', kernel: 'linux-image-cloud-amd64' } },
  modules: [{ name: 'zfs', debian: 'zfs-linux' }],
  image: { overlay: 'overlay' },
  publish: { registry: 'oci:store', image: 'image', kmods: 'kmods' },
  gates: { boot: 'mine' },
};

describe(preflight, () => {
  it('finds what would end a run late: scenario, overlay, programs', async () => {
    await using project = await temporaryFolder();
    const context = runContext(SingleConfig.parse(CONFIG), {
      registry: memoryRegistry(),
      project: project.path,
      env: { PATH: '' },
      now: () => new Date(),
      signal: new AbortController().signal,
      emit: silent,
      id: 'look',
    });
    const errors = async () =>
      (await preflight(context)).filter(({ severity }) => severity === 'error');
    const rules = async () => new Set((await errors()).map(({ rule }) => rule));

    expect(await rules()).toEqual(
      new Set([...programRules(await errors()), 'scenario-unusable', 'overlay-unusable']),
    );
    await mkdir(join(project.path, 'scenarios'));
    await writeFile(join(project.path, 'scenarios/mine.sh'), '#lockstep version 1\n');
    await mkdir(join(project.path, 'overlay'));
    expect([...(await rules())].filter((rule) => rule.endsWith('unusable'))).toEqual([]);
  });
});

function programRules(findings: readonly { rule: string }[]): string[] {
  return findings.map(({ rule }) => rule).filter((rule) => rule === 'program-missing');
}

describe(programFindings, () => {
  it('names each program that is missing with its package', () => {
    const names = programsOf(SingleConfig.parse(CONFIG), 'x64');
    const findings = programFindings(names, (name) => !/qemu|buildah/.test(name));

    expect(findings).toEqual([
      {
        rule: 'program-missing',
        severity: 'error',
        message: 'buildah is not installed',
        hint: 'install the package buildah',
      },
      {
        rule: 'program-missing',
        severity: 'error',
        message: 'qemu-system-x86_64 is not installed',
        hint: 'install the package qemu-system-x86',
      },
    ]);
    expect(programFindings(names, () => true)).toEqual([]);
  });
});

describe(roomFindings, () => {
  it('counts the disks of a scenario', () => {
    const scenario = { name: 'zfs', disks: 3, diskSize: 2e9 };

    expect(roomFindings(50e9, scenario)).toEqual([]);
    expect(roomFindings(5e9, undefined)).toEqual([]);
    expect(roomFindings(5e9, scenario)).toMatchObject([
      {
        severity: 'warning',
        message: expect.stringContaining('6.0 GB of it for the disks of zfs'),
      },
    ]);
  });
});
