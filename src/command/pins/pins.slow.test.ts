import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aRepository } from '../../source/git/testing/repository.ts';
import { run } from '../../system/process.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

describe('lockstep pins', () => {
  it('finds a commit of a fork, and renews what is pinned without another byte', async () => {
    await using project = await aRepository();
    await using source = await aRepository();
    const first = await source.commit({ 'dkms.conf': 'PACKAGE_VERSION=1\n' });
    const newest = await source.commit({ 'dkms.conf': 'PACKAGE_VERSION=2\n' });
    await source.git('checkout', '--quiet', '--detach', first);
    const foreign = await source.commit({ 'dkms.conf': 'PACKAGE_VERSION=evil\n' });
    await source.git('update-ref', 'refs/pull/1/head', foreign);
    await source.git('checkout', '--quiet', 'main');
    const text = (commit: string) =>
      `# modules\nmodules:\n  - name: x   # ours\n    git: ${source.address}\n    commit: ${commit}\n`;
    const file = join(project.path, 'lockstep.yaml');
    await mkdir(project.path, { recursive: true });
    await writeFile(file, text(foreign));
    const pins = (...args: string[]) => run(LOCKSTEP, ['pins', ...args, '-C', project.path]);

    const found = await pins('verify', '--json');
    expect(found.status).toBe(1);
    expect(JSON.parse(found.stdout)).toMatchObject({
      pins: 1,
      findings: [{ rule: 'foreign-commit', where: { file: 'lockstep.yaml', line: 5, column: 13 } }],
    });

    expect(await pins('verify', 'program')).toMatchObject({ status: 0 });
    for (const command of ['verify', 'update']) {
      const unknown = await pins(command, 'comit');
      expect(unknown).toMatchObject({ status: 2, stdout: '' });
      expect(unknown.stderr).toContain('nothing is pinned as comit (did you mean commit?)');
    }

    expect((await pins('update', '--dry-run')).stdout).toContain(newest);
    expect(await readFile(file, 'utf8')).toBe(text(foreign));
    expect(await pins('update')).toMatchObject({ status: 0, stderr: '' });
    expect(await readFile(file, 'utf8')).toBe(text(newest));
    expect(await pins('verify')).toMatchObject({
      status: 0,
      stdout: '1 pins looked at, 0 findings\n',
    });
    expect((await pins('list')).stdout).toMatch(/^commit {2}file:/);
  });
});
