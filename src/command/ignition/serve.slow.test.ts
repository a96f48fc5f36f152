import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');
const BUTANE = `variant: fcos
version: 1.7.0
storage:
  trees: [{ local: tree, path: /t }]
  files:
    - !include parts/one.yaml
    - { path: /h, contents: { inline: !format "{plain} {file}" } }
    - { path: /l, contents: { local: local } }
`;
const CONFIG = `version: 1
name: nas
base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
modules: [{ name: zfs, debian: zfs-linux }]
publish: { registry: "oci:./store", image: nas, kmods: kmods }
ignition: { source: a.bu, files: files, variables: { plain: plain-1, file: "file:value" } }
`;
const FILES = {
  'a.bu': BUTANE,
  'lockstep.yaml': CONFIG,
  value: 'value-1\n',
  'parts/one.yaml': 'path: /part-1\n',
  'files/local': 'local-1\n',
  'files/tree/below/first': '',
};

async function serving(files: Record<string, string>, args: string[] = [], input = '') {
  const folder = await temporaryFolder();
  const put = async (name: string, text: string) => {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), text);
  };
  for (const [name, text] of Object.entries(files)) await put(name, text);
  const server = spawn(LOCKSTEP, ['ignition', 'serve', ...args], { cwd: folder.path });
  const ended = once(server, 'exit');
  server.stdin.end(input);
  const [said] = (await once(server.stdout, 'data')) as [Buffer];
  return {
    said: String(said),
    put,
    remove: (name: string) => rm(join(folder.path, name)),
    /** The exit status, once it ends by itself. */
    status: ended.then(([status]) => status as number | null),
    document: async (url = String(said).split('\n')[0] ?? '') => (await fetch(url)).text(),
    [Symbol.asyncDispose]: async () => {
      server.kill();
      await ended;
      await folder[Symbol.asyncDispose]();
    },
  };
}

describe('lockstep ignition serve', () => {
  it.each([
    ['a part', 'parts/one.yaml', 'path: /part-2\n', 'part-2'],
    ['a file of a variable', 'value', 'value-2', 'value-2'],
    ['the configuration', 'lockstep.yaml', CONFIG.replace('plain-1', 'plain-2'), 'plain-2'],
    ['a local file', 'files/local', 'local-2', 'local-2'],
    ['a tree', 'files/tree/below/second', '', '/t/below/second'],
  ])('builds again when %s changes', async (_, name, text, seen) => {
    await using there = await serving(FILES);
    expect(await there.document()).not.toContain(seen);

    await there.put(name, text);

    await expect.poll(() => there.document(), { timeout: 10_000 }).toContain(seen);
  });

  it.each([
    ['parts/one.yaml', 'path: /part-2\n', 'part-2'],
    ['files/local', 'local-2', 'local-2'],
  ])(
    'keeps the last document while %s is away, and builds when it is back',
    async (name, text, seen) => {
      await using there = await serving(FILES);
      const before = await there.document();

      await there.remove(name);
      // Longer than files are not looked at.
      await new Promise((settle) => setTimeout(settle, 300));
      expect(await there.document()).toBe(before);
      await there.put(name, text);

      await expect.poll(() => there.document(), { timeout: 10_000 }).toContain(seen);
    },
  );

  it('reads standard input once, and builds it again with what changes beside it', async () => {
    await using there = await serving(FILES, ['-d', 'files', '-'], BUTANE);

    await there.put('value', 'value-2');

    await expect.poll(() => there.document(), { timeout: 10_000 }).toContain('value-2');
  });

  it('ends with 1 when nobody fetched a one-time path, and with 0 when somebody did', async () => {
    await using lonely = await serving(FILES, ['--once', '--expire', '0.02']);
    await using fetched = await serving(FILES, ['--once', '--expire', '0.1']);

    expect(await fetched.document()).toContain('part-1');

    expect(await lonely.status).toBe(1);
    expect(await fetched.status).toBe(0);
  });

  it('prints one JSON document with --json, also when there is nothing to serve', async () => {
    await using good = await serving(FILES, ['--json']);
    await using bad = await serving({ 'a.bu': 'variant: fcos\n' }, ['--json', 'a.bu']);

    const { url, hash, findings } = JSON.parse(good.said) as Record<string, string>;
    expect(await good.document(url)).toContain('part-1');
    expect({ hash, findings }).toEqual({
      hash: expect.stringMatching(/^sha512-[\da-f]{128}$/) as string,
      findings: [],
    });
    expect(JSON.parse(bad.said)).toEqual({
      schema_version: 1,
      findings: [expect.objectContaining({ severity: 'error', file: 'a.bu' })],
    });
  });
});
