import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

/** A kernel of backports and the ZFS of the release before: the machine's archive has both. */
const TOO_NEW = `version: 1
name: too-new
base:
  debian: { suite: trixie-backports, kernel: linux-image-cloud-amd64 }
modules:
  - { name: zfs, dkms: zfs-dkms, suite: bookworm-backports }
publish: { registry: "oci:./store", image: too-new, kmods: kmods-zfs }
`;

let project: TemporaryFolder;

beforeAll(async () => {
  project = await temporaryFolder();
  await writeFile(join(project.path, 'lockstep.yaml'), TOO_NEW);
});
afterAll(() => project[Symbol.asyncDispose]());

function lockstep(...args: string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  return run(process.execPath, [main, ...args, '-C', project.path]);
}

describe('check', () => {
  it('exits with 1 and says what to do when the kernel is newer than the module supports', async () => {
    const { status, stdout } = await lockstep('check', '--json');

    const { streams } = JSON.parse(stdout);
    const [finding] = streams[0].findings;
    expect(status).toBe(1);
    expect(finding).toMatchObject({ rule: 'kernel-too-new', severity: 'error' });
    expect(finding.expected).toMatch(/^Linux 4\.18 to 6\.\d+$/);
    expect(finding.hint).toMatch(
      /newest kernel of the archive that fits is 6\.\d+\.\d+\S*-cloud-amd64/,
    );
    expect(finding.hint).toContain('wait for a release');
    expect(finding.hint).toContain('allow_experimental');
  });

  it('exits with 0 and a warning when that is allowed', async () => {
    const allowed = TOO_NEW.replace('suite: bookworm', 'allow_experimental: true, suite: bookworm');
    await writeFile(join(project.path, 'allowed.yaml'), allowed);

    const { status, stdout } = await lockstep('check', '--config', 'allowed.yaml');

    expect(status, stdout).toBe(0);
    expect(stdout).toMatch(/warning: \S+ zfs/);
  });
});

describe('versions', () => {
  it('marks the kernel that is followed and those that fit', async () => {
    const { status, stdout } = await lockstep('versions', '--all');

    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}7\.\S+-cloud-amd64 .* not supported by zfs +<- followed$/m);
    expect(stdout).toMatch(/^ {2}6\.12\.\S+-cloud-amd64 +\S+ +fits$/m);
    expect(stdout).toMatch(/newest that fits: 6\.\d+/);
  });
});
