import { execFileSync } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../system/temporary.ts';
import { prepareMachine } from './apply.ts';
import { changesSince, patternExpression } from './changes.ts';
import { lookAtMachine } from './facts.ts';
import { writeLogins } from './login.ts';
import { type MachineFacts, planMachine } from './prepare.ts';

const READY: MachineFacts = {
  free: 50e9,
  removable: ['/opt/ghc'],
  kvm: 'usable',
  namespacesClosed: false,
  packages: [],
};

describe('planMachine', () => {
  const commands = (facts: Partial<MachineFacts>) =>
    planMachine({ ...READY, ...facts }).map(({ command }) => command.join(' '));

  it('does nothing where nothing is needed', () => {
    expect(commands({})).toEqual([]);
    expect(commands({ kvm: 'absent' })).toEqual([]);
    expect(commands({ free: 1e9, removable: [] })).toEqual([]);
  });

  it('does what is needed, in order', () => {
    const facts = {
      free: 5e9,
      kvm: 'closed',
      namespacesClosed: true,
      packages: ['buildah'],
    } as const;

    expect(commands(facts)).toEqual([
      'rm -rf -- /opt/ghc',
      'chmod 666 /dev/kvm',
      'sysctl -q -w kernel.apparmor_restrict_unprivileged_userns=0',
      'apt-get update -qq',
      'apt-get install -qq -y --no-install-recommends buildah',
    ]);
  });
});

describe('lookAtMachine', () => {
  it('gives up folders for removal only on machines that are thrown away', async () => {
    const own = await lookAtMachine('.', { env: {}, packages: [] });

    expect(own.removable).toEqual([]);
    expect(own.free).toBeGreaterThan(0);
  });
});

describe('prepareMachine', () => {
  it('says what it does, goes on without what may fail, and stops at what must not', async () => {
    const said: string[] = [];
    const options = { env: process.env, isRoot: true, say: (line: string) => said.push(line) };
    const step = (says: string, ...command: string[]) => ({ says, command });

    await prepareMachine(
      [{ ...step('one', 'false'), optional: true }, step('two', 'true')],
      options,
    );
    const failing = prepareMachine([step('three', 'sh', '-c', 'echo why >&2; exit 7')], options);

    await expect(failing).rejects.toThrow(/exited with 7: why/);
    expect(said).toEqual([
      'one',
      'went on without: false exited with 1: ',
      'two',
      'three',
      '  why',
    ]);
  });
});

describe('prepareMachine without root', () => {
  const steps = [{ says: 'one', command: ['true'] }];

  it('goes by sudo, which must not ask for a password', async () => {
    await using folder = await temporaryFolder();
    const calls = join(folder.path, 'calls');
    await writeFile(join(folder.path, 'sudo'), `#!/bin/sh\nprintf "%s\\n" "$*" > ${calls}\n`, {
      mode: 0o755,
    });
    const options = { isRoot: false, say: () => undefined };

    await prepareMachine(steps, {
      ...options,
      env: { PATH: `${folder.path}:${process.env.PATH}` },
    });

    expect(await readFile(calls, 'utf8')).toBe('-n -- true\n');
  });
});

describe('writeLogins', () => {
  it('writes logins that nobody else may read', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'deep', 'auth.json');
    const text = '{"auths":{"registry.example":{"auth":"c2VjcmV0"}}}';

    const registries = await writeLogins({
      REGISTRY_AUTH_FILE: path,
      LOCKSTEP_REGISTRY_AUTH: text,
    });

    expect(registries).toEqual(['registry.example']);
    expect(await readFile(path, 'utf8')).toBe(text);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it.each(['', 'hunter2', '{"auths":"hunter2"}', '[]'])(
    'refuses %j without telling it',
    async (text) => {
      const env = { REGISTRY_AUTH_FILE: '/nonexistent/x', LOCKSTEP_REGISTRY_AUTH: text };

      const refused = await writeLogins(env).catch((error: Error) => error);

      expect(refused).toMatchObject({ code: 'config' });
      expect(JSON.stringify(refused)).not.toContain('hunter2');
    },
  );
});

describe('patternExpression', () => {
  it.each([
    ['docs/**', 'docs/a/b.md', true],
    ['docs/**', 'src/docs/a', false],
    ['**/*.md', 'README.md', true],
    ['**/*.md', 'a/b/c.md', true],
    ['**/*.md', 'a/b/c.mdx', false],
    ['*.md', 'a/b.md', false],
    ['**.md', 'a/b.md', true],
    ['docs/?', 'docs', true],
    ['v[0-9]+.txt', 'v12.txt', true],
    ['v[0-9]+.txt', 'vx.txt', false],
    ['a.b', 'axb', false],
    ['a(b)|c', 'a(b)|c', true],
    ['docs/\\[x\\]', 'docs/[x]', true],
  ])('%s on %s: %s', (pattern, path, matches) => {
    expect(patternExpression(pattern).test(path)).toBe(matches);
  });
});

describe('changesSince', () => {
  const IGNORE = ['**/*.md', 'docs/**'];

  async function repository(path: string, changed: Record<string, string>): Promise<string> {
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
        cwd: path,
        encoding: 'utf8',
      });
    git('init', '-q');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const base = git('rev-parse', 'HEAD').trim();
    for (const [name, text] of Object.entries(changed)) {
      await mkdir(join(path, name, '..'), { recursive: true });
      await writeFile(join(path, name), text);
    }
    git('add', '-A');
    git('commit', '-q', '--allow-empty', '-m', 'second');
    return base;
  }

  it.each([
    [{ 'README.md': '1', 'docs/a.txt': '1' }, false],
    [{}, false],
    [{ 'README.md': '1', 'lockstep.yaml': '1' }, true],
    [{ 'docs/two\nlines': '1', 'ä.md': '1' }, false],
    [{ '--x': '1' }, true],
  ])('after %j something builds: %s', async (changed, builds) => {
    await using folder = await temporaryFolder();
    const base = await repository(folder.path, changed);

    const changes = await changesSince(base, IGNORE, { cwd: folder.path, env: process.env });

    expect(changes.builds).toBe(builds);
  });

  it('builds when git cannot tell, and refuses what is no commit', async () => {
    await using folder = await temporaryFolder();
    await repository(folder.path, {});
    const options = { cwd: folder.path, env: process.env };

    expect(await changesSince('f'.repeat(40), IGNORE, options)).toMatchObject({ builds: true });
    await expect(changesSince('', IGNORE, options)).rejects.toThrow(/no commit/);
    await expect(changesSince('--output=x', IGNORE, options)).rejects.toThrow(/no commit/);
  });
});
