import { existsSync } from 'node:fs';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../system/process.ts';
import { temporaryFolder } from '../system/temporary.ts';
import { buildButane, documentText } from './build.ts';
import { readDocument } from './document.ts';
import { specVersions } from './spec/versions.ts';
import { butaneCases } from './testing/cases.ts';
import { generated } from './testing/generate.ts';

/** Debian's package `ignition`, which reads documents up to 3.3. */
const VALIDATE = '/usr/bin/ignition-validate';
const IGNITION = '/usr/lib/dracut/modules.d/30ignition/ignition';

/** Values that are wrong somewhere. */
const VALUES: unknown[] = [
  '',
  'x',
  '/a',
  '/a/../b',
  '/a/',
  0,
  1,
  -1,
  4095,
  4096,
  99_999,
  true,
  false,
  null,
  [],
  {},
  'http://h/x',
  'ftp://h',
  's3://b/k?versionId=',
  'data:,x',
  'data:;base64,!!',
  'gzip',
  'sha512-ab',
  `sha256-${'a'.repeat(64)}`,
  'ext4',
  'none',
  'raid0',
  'a.service',
  'b.conf',
  '[Unit]\nA=b',
  '[Unit',
  'A',
  'gs://b/o',
  'arn:aws:s3:::b/k',
  'http://[::1',
  ':',
  'x'.repeat(40),
  'a:b',
  '01234567-89AB-CDEF-EDCB-A98765432101',
];

function* damaged(): Generator<string> {
  const documents = butaneCases().filter(({ stdout }) => /"version":\s*"3\.[0-3]\.0"/.test(stdout));
  let state = 7;
  const below = (count: number) => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) % count;
  const pick = <T>(list: readonly T[]) => list[below(list.length)] as T;
  for (;;) {
    const document = JSON.parse(pick(documents).stdout) as Record<string, unknown>;
    const places: [Record<string, unknown>, string][] = [];
    const walk = (at: Record<string, unknown>) => {
      for (const [key, value] of Object.entries(at)) {
        places.push([at, key]);
        if (value != null && typeof value === 'object') walk(value as Record<string, unknown>);
      }
    };
    walk(document);
    const [at, key] = pick(places);
    if (key === 'version' || key === 'ignition') continue;
    if (below(5) > 0) at[key] = pick(VALUES);
    else Reflect.deleteProperty(at, key);
    yield JSON.stringify(document, null, 1);
  }
}

function* madeUp(): Generator<string> {
  const versions = (['3.0.0', '3.1.0', '3.2.0', '3.3.0'] as const).map(
    (name) => specVersions[name],
  );
  for (let seed = 1; ; seed++)
    for (const version of versions) yield JSON.stringify(generated(version, seed), null, 1);
}

const LINE = /^(error|warning|info) at \S+ line (\d+) col/;
/** Rules that came after 2.14. */
const LATER =
  /a hard link has no|overwrites the partitions|wipes the filesystem too|a unit of this document/;

describe.skipIf(!existsSync(VALIDATE))('ignition-validate of Debian', () => {
  it.each([
    ['damaged', damaged],
    ['made-up', madeUp],
  ])('judges 400 %s documents as we do: exit, severity and line', async (_, documents) => {
    await using folder = await temporaryFolder();
    const file = join(folder.path, 'x.ign');
    for (const text of documents().take(400)) {
      await writeFile(file, text);
      const { status, stdout, stderr } = await run(VALIDATE, [file]);
      const lines = `${stdout}\n${stderr}`.split('\n').map((line) => LINE.exec(line));
      const theirs = lines.flatMap((found) => (found ? [`${found[1]} ${found[2]}`] : []));

      const { document, findings } = readDocument({ file, text });

      expect({ text, valid: document != null }).toEqual({ text, valid: status === 0 });
      // What it cannot even decode it tells without a place.
      if (status !== 0 && theirs.length === 0) continue;
      const ours = findings.filter(({ message }) => !LATER.test(message));
      expect(ours.map(({ severity, line }) => `${severity} ${line}`).sort(), text).toEqual(
        theirs.sort(),
      );
    }
  });
});

const ROOT = process.getuid?.() === 0;

describe.skipIf(!existsSync(IGNITION) || !existsSync('/usr/sbin/setfiles') || !ROOT)(
  'Ignition of Debian',
  () => {
    it('applies what we build to a root', async () => {
      await using folder = await temporaryFolder();
      const root = join(folder.path, 'root');
      await mkdir(join(root, 'etc/selinux/t/contexts/files'), { recursive: true });
      await writeFile(join(root, 'etc/selinux/config'), 'SELINUX=permissive\nSELINUXTYPE=t\n');
      await writeFile(join(root, 'etc/selinux/t/contexts/files/file_contexts'), '');
      const long = 'line of a long file\n'.repeat(200);
      const text = `variant: fcos
version: 1.4.0
storage:
  directories:
    - { path: /var/lib/made, mode: 0750 }
  files:
    - path: /etc/hostname
      mode: 0644
      contents: { inline: "nas\\n" }
    - path: /etc/long
      mode: 0600
      contents: { inline: ${JSON.stringify(long)} }
  links:
    - { path: /etc/linked, target: hostname }
systemd:
  units:
    - name: a.service
      enabled: true
      contents: "[Service]\\nExecStart=/bin/true\\n[Install]\\nWantedBy=multi-user.target\\n"
`;
      const { document } = await buildButane([{ file: 'x.bu', text }]);
      if (!document) throw new Error('not built');
      const config = join(folder.path, 'config.ign');
      await writeFile(config, documentText(document));
      for (const stage of ['fetch', 'files']) {
        const { status, stdout, stderr } = await run(
          IGNITION,
          [
            '--platform',
            'file',
            '--stage',
            stage,
            '--root',
            root,
            '--log-to-stdout',
            '--config-cache',
            join(folder.path, 'cache'),
            '--state-file',
            join(folder.path, 'state'),
            '--neednet',
            join(folder.path, 'neednet'),
          ],
          { env: { ...process.env, IGNITION_CONFIG_FILE: config } },
        );
        expect({ stage, status, said: status === 0 ? '' : stdout + stderr }).toEqual({
          stage,
          status: 0,
          said: '',
        });
      }

      const read = (path: string) => readFile(join(root, path), 'utf8');
      expect(await read('etc/hostname')).toBe('nas\n');
      expect(await read('etc/long')).toBe(long);
      expect(await read('etc/linked')).toBe('nas\n');
      expect((await stat(join(root, 'etc/long'))).mode & 0o777).toBe(0o600);
      expect((await stat(join(root, 'var/lib/made'))).mode & 0o777).toBe(0o750);
      expect(await read('etc/systemd/system/a.service')).toContain('ExecStart=/bin/true');
    });
  },
);
