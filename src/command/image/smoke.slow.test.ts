import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { TAR_END, tarEntryBytes } from '../../file/tar/write.ts';
import { openLayout } from '../../oci/layout/layout.ts';
import { putImage } from '../../oci/testing/image.ts';
import { run } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';
import { type GuestRoot, guestRoot } from '../../vm/testing/guest-root.ts';

let root: GuestRoot;
beforeAll(async () => {
  root = await guestRoot();
});

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

describe('lockstep smoke', () => {
  it('boots an image of layers with a scenario of the project', async () => {
    await using folder = await temporaryFolder();
    const above = tarEntryBytes({ path: 'etc/above' }, Buffer.from('from the upper layer\n'));
    const layers = [await readFile(root.path), Buffer.concat([above, TAR_END])];
    await putImage(openLayout(join(folder.path, 'image')), { layers, tag: 'latest' });
    await mkdir(join(folder.path, 'scenarios'));
    const script = '#lockstep version 1\nstep layers cat /etc/above\nstep load modprobe dummy\n';
    await writeFile(join(folder.path, 'scenarios/mine.sh'), script);
    const options = ['--scenario', 'mine', '--keep', 'console', '--json'];

    const result = await run(LOCKSTEP, [
      'smoke',
      '-C',
      folder.path,
      'oci:image:latest',
      ...options,
    ]);

    expect(result).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(result.stdout)).toMatchObject({
      verdict: 'pass',
      kernel: root.kernel,
      scenario: 'mine',
      steps: [
        { name: 'layers', status: 'pass' },
        { name: 'load', status: 'pass' },
      ],
      findings: [],
      console: join(folder.path, 'console/console.log'),
    });
    const console = await readFile(join(folder.path, 'console/console.log'), 'utf8');
    expect(console).toContain('from the upper layer');
  });

  it('says no, and why', async () => {
    const args = ['smoke', '--tar', root.path, '--module', 'not-there'];
    const env = { ...process.env, GITHUB_ACTIONS: 'true' };
    const result = await run(LOCKSTEP, args, { env });

    expect(result.status).toBe(1);
    expect(result.stdout).toMatch(/fail {4}load not-there {2}exit status 1/);
    expect(result.stdout).toContain('[boot-step-failed]');
    expect(result.stdout).toMatch(/FATAL: Module not-there not found/);
    expect(result.stderr).toMatch(/^::error::.*not-there.* \[boot-step-failed\]$/m);
  });
});
