import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatLock } from '../../release/lock/format.ts';
import { aDeb, aDebianInputs } from '../../release/testing/inputs.ts';
import { run } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';

let project: TemporaryFolder;
const before = aDebianInputs({ packages: { image: [aDeb('zfsutils-linux', '2.1.11-1')] } });
const after = aDebianInputs({ packages: { image: [aDeb('zfsutils-linux', '2.1.11-1+deb12u1')] } });

beforeAll(async () => {
  project = await temporaryFolder();
  const write = (name: string, inputs: typeof before) =>
    writeFile(join(project.path, name), formatLock(new Map([[inputs.stream, inputs]])));
  await Promise.all([write('old.json', before), write('lockstep.lock.json', after)]);
});
afterAll(() => project[Symbol.asyncDispose]());

function lockstep(...args: string[]) {
  const main = join(import.meta.dirname, '../main.ts');
  return run(process.execPath, [main, ...args, '-C', project.path]);
}

describe('lock show', () => {
  it('tells what is pinned', async () => {
    const { stdout } = await lockstep('lock', 'show', '--packages');

    expect(stdout).toMatch(/^ {2}kernel +6\.1\.0-50-cloud-amd64$/m);
    expect(stdout).toMatch(/^ {2}acpi-call +1\.2\.2-2$/m);
    expect(stdout).toMatch(/^ {4}acpi-call-dkms\S+ +sha256:[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^ {4}zfsutils-linux +2\.1\.11-1\+deb12u1 +amd64$/m);
  });
});

describe('diff', () => {
  it('exits with 0 whatever differs, unless it is asked not to', async () => {
    const [plain, strict, same] = await Promise.all([
      lockstep('diff', 'old.json', 'lock'),
      lockstep('diff', 'old.json', 'lock', '--exit-code', '--json'),
      lockstep('diff', 'lock', './lockstep.lock.json', '--exit-code'),
    ]);

    expect(plain.status).toBe(0);
    expect(plain.stdout).toContain('packages of the image: 1 upgraded');
    expect(plain.stdout).toMatch(/^ {4}\^ zfsutils-linux +2\.1\.11-1 -> 2\.1\.11-1\+deb12u1$/m);
    expect(strict.status).toBe(1);
    expect(JSON.parse(strict.stdout)).toMatchObject({ same: false, changes: [] });
    expect(same).toMatchObject({ status: 0, stdout: 'debian-acpi: the same inputs\n' });
  });
});
