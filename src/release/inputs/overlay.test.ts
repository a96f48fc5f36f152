import { chmod, mkdir, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { digestOfFolder, overlayFolder } from './overlay.ts';

async function anOverlay(folder: string): Promise<string> {
  const path = join(folder, 'overlay');
  await mkdir(join(path, 'etc'), { recursive: true });
  await writeFile(join(path, 'etc/motd'), 'hello\n');
  await symlink('motd', join(path, 'etc/issue'));
  return path;
}

describe('digestOfFolder', () => {
  it('changes with contents, permissions and links, not with times', async () => {
    await using folder = await temporaryFolder();
    const path = await anOverlay(folder.path);
    const before = await digestOfFolder(path);

    await utimes(join(path, 'etc/motd'), 1, 1);
    expect(await digestOfFolder(path)).toBe(before);

    await chmod(join(path, 'etc/motd'), 0o600);
    const permissions = await digestOfFolder(path);
    await writeFile(join(path, 'etc/motd'), 'bye\n');
    const contents = await digestOfFolder(path);

    expect(new Set([before, permissions, contents]).size).toBe(3);
  });

  it('names a folder that is not there', async () => {
    await expect(digestOfFolder('/nowhere/overlay')).rejects.toMatchObject({
      code: 'config',
      message: expect.stringContaining('/nowhere/overlay'),
    });
  });
});

describe(overlayFolder, () => {
  it('is what a link leads to, inside the project alone', async () => {
    await using folder = await temporaryFolder();
    await using elsewhere = await temporaryFolder();
    const path = await anOverlay(folder.path);
    await symlink('overlay', join(folder.path, 'link'));
    await symlink(elsewhere.path, join(folder.path, 'out'));
    await symlink('overlay/etc/motd', join(folder.path, 'file'));
    await symlink('nowhere', join(folder.path, 'broken'));
    const found = (overlay?: string) => overlayFolder(folder.path, overlay);

    expect(await found()).toBeUndefined();
    expect(await found('overlay')).toBe(path);
    expect(await found('link')).toBe(path);
    await expect(found('out')).rejects.toThrow(/leads to .* is not inside the project/);
    await expect(found('file')).rejects.toThrow(/is not a folder/);
    await expect(found('broken')).rejects.toThrow(/there is no overlay/);
  });

  it('may be in a project that is reached by a link', async () => {
    await using folder = await temporaryFolder();
    const path = await anOverlay(folder.path);
    await using other = await temporaryFolder();
    await symlink(folder.path, join(other.path, 'project'));

    expect(await overlayFolder(join(other.path, 'project'), 'overlay')).toBe(path);
  });
});
