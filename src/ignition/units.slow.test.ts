import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../system/process.ts';
import { findProgram } from '../system/program.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { buildButane } from './build.ts';
import type { IgnitionConfig } from './spec/config.ts';
import { readUnit } from './spec/rules/unit-file.ts';

const ANALYZE = findProgram('systemd-analyze', process.env);

/** What systemd says of unit files that lie in a folder of their own. */
async function verify(units: Readonly<Record<string, string>>): Promise<Record<string, string>> {
  await using folder = await temporaryFolder();
  const said: Record<string, string> = {};
  for (const [index, [name, text]] of Object.entries(units).entries()) {
    const cwd = join(folder.path, String(index));
    mkdirSync(cwd);
    writeFileSync(join(cwd, name), text);
    const { stderr } = await run(ANALYZE ?? '', ['verify', '--man=no', `./${name}`], { cwd });
    said[name] = stderr
      .split('\n')
      .filter((line) => line.includes(name))
      .join('\n');
  }
  return said;
}

const mounts = `variant: fcos
version: 1.7.0
storage:
  luks:
    - { name: t, device: /dev/vdd, clevis: { tang: [{ url: "http://t", thumbprint: x }] } }
  filesystems:
    - { device: /dev/vdb, format: xfs, path: /var/data, with_mount_unit: true, mount_options: [noatime] }
    - { device: /dev/disk/by-partlabel/a b, format: ext4, path: /var/x y-z/ä, with_mount_unit: true }
    - { device: /dev/mapper/t, format: btrfs, path: /var/t.d, with_mount_unit: true }
    - { device: /dev/vdc, format: swap, with_mount_unit: true, mount_options: [discard] }
    - { device: /dev/vde, format: vfat, path: /var/.hidden, with_mount_unit: true }
`;

describe.skipIf(!ANALYZE)('systemd-analyze verify', () => {
  it('has nothing against the mount units that are written', async () => {
    const { document } = await buildButane([{ file: 'x.bu', text: mounts }]);
    const { units = [] } = (document?.value as IgnitionConfig | undefined)?.systemd ?? {};

    const said = await verify(
      Object.fromEntries(units.map(({ name = '', contents = '' }) => [name, contents])),
    );

    expect(Object.keys(said)).toHaveLength(5);
    expect(Object.values(said).join('')).toBe('');
  });

  it.each([
    ['a whole unit', '[Unit]\nDescription=a\n[Service]\nExecStart=/bin/true\n'],
    ['comments', '# a\n[Service]\n; b\nExecStart=/bin/true\n#c\n'],
    ['a value of two lines', '[Service]\nExecStart=/bin/echo a \\\n  b\n'],
    ['no newline at the end', '[Service]\nExecStart=/bin/true'],
    ['an empty value', '[Service]\nExecStart=/bin/true\nEnvironment=\n'],
    ['blank lines', '\n\n[Service]\n\nExecStart=/bin/true\n\n'],
    ['spaces around', '[Service]\n  ExecStart = /bin/true\n'],
  ])('reads %s as we do: well', async (_, text) => {
    expect(readUnit(text).problem).toBeUndefined();
    expect(await verify({ 'a.service': text })).toEqual({ 'a.service': '' });
  });

  it.each([
    ['a section without an end', '[Service\nExecStart=/bin/true\n', 'Invalid section header'],
    ['a word behind a section', '[Service] x\nExecStart=/bin/true\n', 'Invalid section header'],
    ['a line without =', '[Service]\nExecStart=/bin/true\nfoo\n', "Missing '='"],
    ['the same at the end', '[Service]\nExecStart=/bin/true\nfoo', "Missing '='"],
  ])('complains of %s where we do', async (_, text, theirs) => {
    expect(readUnit(text).problem).toBeDefined();
    expect((await verify({ 'a.service': text }))['a.service']).toContain(theirs);
  });

  it('takes longer lines than Ignition does, and comments in values', async () => {
    const long = `[Service]\nExecStart=/bin/true\nEnvironment=${'a'.repeat(3000)}=b\n`;
    const inside = '[Service]\nExecStart=/bin/echo a \\\n# c\n  b\n';

    const said = await verify({ 'long.service': long, 'inside.service': inside });

    expect(said).toEqual({ 'long.service': '', 'inside.service': '' });
    expect(readUnit(long).problem).toContain('longer than 2047 bytes');
    expect(readUnit(inside).problem).toContain('neither a section nor');
  });

  it('complains of what Ignition skips before the first section', async () => {
    const text = 'A=b\n[Service]\nExecStart=/bin/true\n';

    const said = await verify({ 'a.service': text });

    expect(readUnit(text).problem).toBeUndefined();
    expect(said['a.service']).toContain('Assignment outside of section');
  });
});
