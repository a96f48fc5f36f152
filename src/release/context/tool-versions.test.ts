import { appendFile, chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { toolVersions } from './tool-versions.ts';

describe(toolVersions, () => {
  it('asks a program once, and again when it is another', async () => {
    await using folder = await temporaryFolder();
    const git = join(folder.path, 'git');
    const asked = join(folder.path, 'asked');
    await writeFile(git, `#!/bin/sh\necho x >> ${asked}\necho git version 2.39.5\n`);
    await chmod(git, 0o755);
    const versions = () =>
      toolVersions({ PATH: `${folder.path}:/usr/bin:/bin` }, join(folder.path, 'answers'));

    expect(await versions()).toMatchObject({ git: '2.39.5', node: process.versions.node });
    expect(await versions()).toMatchObject({ git: '2.39.5' });
    expect(await readFile(asked, 'utf8')).toBe('x\n');

    await appendFile(git, 'true\n');
    expect(await versions()).toMatchObject({ git: '2.39.5' });
    expect(await readFile(asked, 'utf8')).toBe('x\nx\n');
  });
});
