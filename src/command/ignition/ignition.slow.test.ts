import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { run, runOk } from '../../system/process.ts';
import { temporaryFolder } from '../../system/temporary.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');
const BUTANE = `variant: fcos
version: 1.7.0
storage:
  files:
    - path: /etc/hostname
      mode: 0644
      contents:
        inline: !format "{hostname}\\n"
`;
const SECRET = 'correct-horse-battery';

const HEAD = 'variant: fcos\nversion: 1.7.0\n';
const LOCAL = `${HEAD}storage: {files: [{path: /a, contents: {local: l}}]}\n`;

/** Ten of what is above, so many times. */
function bomb(levels: number): string {
  const lines = Array.from(
    { length: levels },
    (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at}, `.repeat(9)}*a${at}]`,
  );
  return `a0: &a0 [x]\n${lines.join('\n')}\n`;
}

afterEach(() => vi.unstubAllEnvs());

async function project(files: Record<string, string>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder.path, name), text);
  const said: string[] = [];
  const lockstep = async (...args: string[]) => {
    const ended = await run(LOCKSTEP, ['ignition', ...args], {
      cwd: folder.path,
      env: { ...process.env, KEY: SECRET },
    });
    said.push(ended.stdout, ended.stderr);
    return ended;
  };
  return {
    path: folder.path,
    lockstep,
    read: (name: string) => readFile(join(folder.path, name), 'utf8'),
    async [Symbol.asyncDispose]() {
      await folder[Symbol.asyncDispose]();
      expectNoSecret(said.join('\n'));
    },
  };
}

/** Not as it is, and not in base64 wherever it begins. */
function expectNoSecret(text: string): void {
  const packed = [0, 1, 2].map((before) =>
    Buffer.from('x'.repeat(before) + SECRET)
      .toString('base64')
      .slice(4, 24),
  );
  for (const form of [SECRET, ...packed]) expect(text).not.toContain(form);
}

const CONFIG = `version: 1
name: nas
base: { debian: { suite: bookworm, kernel: linux-image-cloud-amd64 } }
modules: [{ name: zfs, debian: zfs-linux }]
publish: { registry: "oci:./store", image: nas, kmods: kmods }
ignition:
  source: [base.bu, nas.bu]
  strict: true
  variables: { hostname: nas }
  secrets: { key: env:KEY }
`;

describe('lockstep ignition build', () => {
  it('prints the document and nothing else', async () => {
    await using there = await project({ 'a.bu': BUTANE });

    const { status, stdout, stderr } = await there.lockstep('build', 'a.bu', '--set', 'hostname=x');

    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^\{"ignition":\{"version":"3.6.0"\}.*\}\n$/);
  });

  it('tells errors at their place, prints nothing and keeps what was there', async () => {
    await using there = await project({
      'a.bu': 'variant: fcos\nversion: 1.7.0\nx: 1\n',
      out: 'old',
    });

    const strict = await there.lockstep('build', '--strict', 'a.bu', '-o', 'out');

    expect(strict).toMatchObject({ status: 1, stdout: '' });
    expect(strict.stderr).toMatch(/^a\.bu:3:1: warning: \$\.x: .*\n$/);
    expect(await there.read('out')).toBe('old');
    expect((await there.lockstep('build', 'a.bu', '-o', 'out')).status).toBe(0);
    expect(await there.read('out')).toBe('{"ignition":{"version":"3.6.0"}}\n');
  });

  it.each([
    ['an option that there is not', ['build', '--nope']],
    ['a file that there is not', ['build', 'nope.bu']],
    ['a folder', ['build', '.']],
    ['a limit that is none', ['build', '--limit', 'moon', 'a.bu']],
  ])('exits with 2 for %s', async (_, args) => {
    await using there = await project({ 'a.bu': BUTANE });

    expect(await there.lockstep(...args)).toMatchObject({ status: 2, stdout: '' });
  });

  it('names the largest parts of a document that is too large', async () => {
    await using there = await project({ 'a.bu': BUTANE });

    const { status, stderr } = await there.lockstep(
      'build',
      '--limit',
      '64',
      '--set',
      'hostname=x',
      'a.bu',
    );

    expect(status).toBe(1);
    expect(stderr).toMatch(/a\.bu:1:1: error: .*more than the 64.*\/etc\/hostname \(\d+\)/);
  });

  it('refuses a local file that is huge, or behind a link that leads out', async () => {
    await using there = await project({ 'a.bu': LOCAL });
    await mkdir(join(there.path, 'files'));
    await writeFile(join(there.path, 'files/l'), '');
    await truncate(join(there.path, 'files/l'), 2 ** 30);
    await mkdir(join(there.path, 'linked'));
    await symlink('/etc/passwd', join(there.path, 'linked/l'));

    const huge = await there.lockstep('build', '-d', 'files', 'a.bu');
    const linked = await there.lockstep('build', '-d', 'linked', 'a.bu');

    expect(huge.stderr).toMatch(/a\.bu:3:.*larger than/);
    expect(linked.stderr).toMatch(/a\.bu:3:.*leads out/);
  });

  it.each([
    ['aliases that multiply', bomb(40)],
    ['100,000 levels', `a: ${'['.repeat(100_000)}`],
    ['a local file of 1 GiB', LOCAL],
    ['a tree with a file of 1 GiB', `${HEAD}storage: {trees: [{local: .}]}\n`],
  ])('refuses %s within 200 MiB of memory', async (_, text) => {
    await using there = await project({ 'a.bu': text });
    await mkdir(join(there.path, 'files'));
    await writeFile(join(there.path, 'files/l'), '');
    await truncate(join(there.path, 'files/l'), 2 ** 30);
    const tell = "process.on('exit',()=>console.error('peak',process.resourceUsage().maxRSS))";
    vi.stubEnv('NODE_OPTIONS', `--import=data:text/javascript,${tell}`);

    const { status, stdout, stderr } = await there.lockstep('build', '-d', 'files', 'a.bu');

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^a\.bu:\d+:\d+: error: /);
    expect(Number(/^peak (\d+)$/m.exec(stderr)?.[1])).toBeLessThan(200 * 1024);
  });

  it('builds the parts that the configuration names, each finding at its own file', async () => {
    const more = 'variant: fcos\nversion: 1.4.0\nstorage:\n  files:\n    - path: relative\n';
    await using there = await project({
      'lockstep.yaml': CONFIG,
      'base.bu': BUTANE,
      'nas.bu': more,
    });

    const wrong = await there.lockstep('build');
    await writeFile(join(there.path, 'nas.bu'), more.replace('relative', '/etc/motd'));
    const right = await there.lockstep('build');

    expect(wrong).toMatchObject({ status: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^nas\.bu:5:13: error: \$\.storage\.files\.0\.path/);
    expect(JSON.parse(right.stdout)).toMatchObject({
      ignition: { version: '3.6.0' },
      storage: { files: [{ path: '/etc/hostname' }, { path: '/etc/motd' }] },
    });
  });

  it('shows a secret to nobody but the document', async () => {
    const secret =
      'variant: fcos\nversion: 1.7.0\nstorage: {files: [{path: !secret key, contents: {inline: !secret key}}]}\n';
    await using there = await project({ 'lockstep.yaml': CONFIG, 'a.bu': secret });

    const bad = await there.lockstep('build', 'a.bu', '--json');
    await writeFile(join(there.path, 'a.bu'), secret.replace('path: !secret key', 'path: /k'));
    const good = await there.lockstep('build', 'a.bu', '--json');
    const open = await there.lockstep('build', 'a.bu', '-o', 'public/');
    const served = await there.lockstep('serve', 'a.bu');
    const kept = await there.lockstep('build', 'a.bu', '-o', 'out.ign');

    for (const { stdout, stderr } of [bad, good, open, served, kept])
      expect(stdout + stderr).not.toContain(SECRET);
    expect([bad, good, open, served, kept].map(({ status }) => status)).toEqual([1, 0, 2, 2, 0]);
    expect(await there.read('out.ign')).toContain(SECRET);
  });

  it('writes the form for static pages, but no private key', async () => {
    const key = BUTANE.replace('{hostname}', '-----BEGIN OPENSSH PRIVATE KEY-----');
    await using there = await project({ 'nas.bu': BUTANE, 'key.bu': key });

    const good = await there.lockstep('build', 'nas.bu', '--set', 'hostname=x', '-o', 'public/');
    const bad = await there.lockstep('build', 'key.bu', '-o', 'other/');

    const document = await there.read('public/nas.ign');
    const hash = `sha512-${createHash('sha512').update(document).digest('hex')}`;
    expect(good.status).toBe(0);
    expect(await there.read('public/nas.ign.hash')).toBe(`${hash}\n`);
    expect(await there.read('public/index.html')).toContain(hash);
    expect(bad).toMatchObject({ status: 1, stdout: '' });
    expect(bad.stderr).toContain('a private key');
  });

  it('writes that form to a folder that is named from the root, with commands to fill in', async () => {
    await using there = await project({ 'nas.bu': HEAD });

    const good = await there.lockstep('build', 'nas.bu', '-o', `${there.path}/a/public/`);
    const bad = await there.lockstep('build', 'nas.bu', '-o', 'nas.bu/public/');

    expect(good).toMatchObject({ status: 0, stderr: '' });
    expect(await there.read('a/public/index.html')).toContain(
      '--ignition-url https://HOST/nas.ign ',
    );
    expect(bad.status).toBe(2);
    expect(bad.stderr).toMatch(/^error: nas\.bu\/public\/ cannot be written: ENOTDIR/);
  });

  it('writes where a link leads, and into what is no file', async () => {
    await using there = await project({ 'a.bu': HEAD, real: 'old' });
    await symlink('real', join(there.path, 'link'));
    await runOk('mkfifo', [join(there.path, 'fifo')]);
    const reading = runOk('cat', [join(there.path, 'fifo')]);

    const linked = await there.lockstep('build', 'a.bu', '-o', 'link');
    const piped = await there.lockstep('build', 'a.bu', '-o', 'fifo');

    const text = '{"ignition":{"version":"3.6.0"}}\n';
    expect([linked.status, piped.status]).toEqual([0, 0]);
    expect(await there.read('real')).toBe(text);
    expect((await lstat(join(there.path, 'link'))).isSymbolicLink()).toBe(true);
    expect((await reading).stdout).toBe(text);
    expect((await lstat(join(there.path, 'fifo'))).isFIFO()).toBe(true);
  });

  it('hands on nothing to a terminal that would steer it', async () => {
    const steer = '\u001b[31m';
    await using there = await project({ 'a.bu': `${HEAD}"\\e[31mx": 1\n` });

    const finding = await there.lockstep('build', 'a.bu');
    const error = await there.lockstep('build', `${steer}.bu`);

    expect(finding.stderr).toContain('\\u001b[31mx');
    expect(error.stderr).toContain('\\u001b[31m.bu cannot be read');
    expect(finding.stderr + error.stderr).not.toContain(steer);
  });

  it('names a file with --json only when it was written', async () => {
    await using there = await project({ 'a.bu': HEAD, 'bad.bu': '' });
    const outputOf = async (...args: string[]) => {
      const { stdout } = await there.lockstep('build', '--json', '-o', 'out', ...args);
      return (JSON.parse(stdout) as { output?: string }).output;
    };

    expect(await outputOf('a.bu')).toBe('out');
    expect(await outputOf('a.bu', '--check')).toBeUndefined();
    expect(await outputOf('bad.bu')).toBeUndefined();
  });
});

describe('lockstep ignition', () => {
  it('goes through all of its commands', async () => {
    await using there = await project({ 'a.bu': BUTANE });
    const ok = async (...args: string[]) => {
      const { status, stdout, stderr } = await there.lockstep(...args);
      expect({ args, status, stderr }).toEqual({ args, status: 0, stderr: '' });
      return stdout;
    };

    await ok('build', 'a.bu', '--set', 'hostname=nas', '-o', 'a.ign');
    await ok('validate', 'a.ign');
    const decompiled = await ok('decompile', 'a.ign');
    await writeFile(join(there.path, 'b.bu'), decompiled);
    expect(await ok('diff', 'a.ign', 'b.bu')).toBe('');
    expect(await ok('merge', 'a.ign', 'b.bu')).toBe(await there.read('a.ign'));
    expect(await ok('show', 'a.ign')).toContain('0644 /etc/hostname, 4 bytes');
    expect(await ok('migrate', 'b.bu')).toBe(decompiled);
    expect(JSON.parse(await ok('schema', 'fcos', '1.7.0'))).toHaveProperty(
      'properties.boot_device',
    );
    expect(await ok('pointer', 'https://example.org/a.ign', 'a.ign')).toContain('"hash":"sha512-');
  });

  it('takes tags wherever it builds, and shows no secret', async () => {
    const tags = `variant: fcos
version: 1.5.0
# who it is
storage:
  files:
    - path: /etc/hostname
      contents: { inline: !var hostname }
    - path: /etc/key
      contents: { inline: !secret key }
    - path: !format "/etc/{secret:key}"
    - !include more.bu
kernel_arguments: { should_exist: [!secret key] }
`;
    await using there = await project({
      'lockstep.yaml': CONFIG,
      'a.bu': tags,
      'more.bu': 'path: /etc/more\n',
      'old.ign': '{"ignition":{"version":"3.4.0"},"kernelArguments":{"shouldExist":["last"]}}',
    });
    const ok = async (...args: string[]) => {
      const { status, stdout, stderr } = await there.lockstep(...args);
      expect(stdout + stderr).not.toContain(SECRET);
      expect({ args, status, stderr }).toMatchObject({ args, status: 0 });
      return stdout;
    };

    const shown = await ok('show', 'a.bu', '--set', 'hostname=other');
    const changes = await ok('diff', 'old.ign', 'a.bu');
    const moved = await ok('migrate', 'a.bu');
    await ok('merge', 'old.ign', 'a.bu', '-o', 'whole.ign');
    await ok('validate', 'a.bu');
    for (const args of [['show'], ['diff', 'old.ign'], ['merge'], ['migrate'], ['validate']])
      await ok(...args, 'a.bu', '--json');

    expect(shown).toContain('/etc/hostname, 5 bytes');
    expect(shown).toContain('/etc/***');
    expect(shown).toContain('/etc/more');
    expect(changes).toContain('- ***');
    expect(changes).not.toContain('last');
    expect(changes).toContain('+ nas');
    expect(moved).toBe(tags.replace('1.5.0', '1.7.0'));
    expect(await there.read('whole.ign')).toContain(SECRET);
    expect((await stat(join(there.path, 'whole.ign'))).mode & 0o777).toBe(0o600);
  });

  it('shows what the project builds', async () => {
    await using there = await project({
      'lockstep.yaml': CONFIG,
      'base.bu': BUTANE,
      'nas.bu': 'variant: fcos\nversion: 1.4.0\nstorage: { files: [{ path: /etc/motd }] }\n',
    });

    const { stdout } = await there.lockstep('show');

    expect(stdout).toContain('0644 /etc/hostname, 4 bytes');
    expect(stdout).toContain('/etc/motd');
  });

  it.each(['http://x y', 'https://h/%zz', 'https:///x', 'data:,a', '', 'nas.ign'])(
    'points to no URL that Ignition would refuse: %s',
    async (url) => {
      await using there = await project({ 'a.ign': '{"ignition":{"version":"3.6.0"}}' });

      const { status, stdout } = await there.lockstep('pointer', url, 'a.ign');

      expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    },
  );

  it('points to objects of S3 in the words of versions that know them', async () => {
    const arn = 'arn:aws:s3:::bucket/nas.ign';
    await using there = await project({
      'new.ign': '{"ignition":{"version":"3.6.0"}}',
      'old.ign': '{"ignition":{"version":"3.0.0"}}',
    });

    expect((await there.lockstep('pointer', arn, 'new.ign')).stdout).toContain(arn);
    expect((await there.lockstep('pointer', arn, 'old.ign')).status).toBe(2);
  });

  it('moves no version that does not stand in the text', async () => {
    await using there = await project({ 'a.bu': 'variant: fcos\nversion: !var v\n' });

    const { status, stdout, stderr } = await there.lockstep('migrate', 'a.bu', '--set', 'v=1.5.0');

    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('variant and version must stand in the text itself');
  });
});
