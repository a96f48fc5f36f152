import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { buildButane, documentText } from './build.ts';
import { LocalFiles } from './butane/local-files.ts';
import { withoutGzip } from './contents.ts';
import { decompile } from './decompile.ts';
import { changeLines, diffDocuments } from './diff.ts';
import { readDocument } from './document.ts';
import { mergeDocuments } from './join.ts';
import { migrate } from './migrate.ts';
import { showDocument, treeLines } from './show.ts';
import { butaneCases, unpackCaseFiles } from './testing/cases.ts';

const built = butaneCases().filter(({ stdout }) => stdout !== '');
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let files: LocalFiles;

beforeAll(async () => {
  folder = await temporaryFolder();
  files = new LocalFiles(await unpackCaseFiles(folder.path));
});
afterAll(async () => folder[Symbol.asyncDispose]());

function documentOf(text: string) {
  const { document, findings } = readDocument({ file: 'x.ign', text });
  if (!document) throw new Error(JSON.stringify(findings));
  return document;
}

const one = (text: string) => documentOf(`{"ignition":{"version":"3.4.0"},${text}}`);

describe('what Butane 0.29 wrote', () => {
  it('is much', () => {
    expect(built.length).toBeGreaterThan(600);
  });

  it.each(built)('$id is valid and read without loss', ({ stdout }) => {
    const document = documentOf(stdout);

    expect(JSON.parse(documentText(document))).toEqual(JSON.parse(stdout));
  });

  it.each(built)('$id stays the same when nothing is merged with it', ({ stdout }) => {
    const document = documentOf(stdout);
    const nothing = documentOf(JSON.stringify({ ignition: { version: document.version.version } }));

    expect(documentText(mergeDocuments(nothing, document))).toBe(documentText(document));
    expect(documentText(mergeDocuments(document, nothing))).toBe(documentText(document));
  });

  it.each(built)('$id becomes Butane that builds to the same', async ({ stdout }) => {
    const document = documentOf(stdout);

    const butane = await decompile(document);

    const again = await buildButane([{ file: 'again.bu', text: butane ?? '' }]);
    expect(again.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(again.document && withoutGzip(documentText(again.document))).toBe(
      withoutGzip(documentText(document)),
    );
  });
});

describe('decompile', () => {
  it('finds the words of Butane again', async () => {
    const text = `variant: fcos
version: 1.7.0
boot_device:
  luks:
    tpm2: true
storage:
  filesystems:
    - device: /dev/vdb
      format: xfs
      path: /var/data
      with_mount_unit: true
  files:
    - path: /etc/hostname
      contents:
        inline: |
          nas
      mode: 0644
`;
    const { document } = await buildButane([{ file: 'x.bu', text }]);

    const again = await decompile(document ?? documentOf(''));

    expect(again).toContain('boot_device:\n  luks:\n    tpm2: true\n');
    expect(again).toContain('with_mount_unit: true');
    expect(again).toContain('inline: |\n          nas\n');
    expect(again).toContain('mode: 0644');
    expect(again).not.toContain('systemd');
  });
});

describe('mergeDocuments', () => {
  it('takes a link of the parent away for a file of the child', () => {
    const parent = one('"storage":{"links":[{"path":"/a","target":"/b"}]}');
    const child = one('"storage":{"files":[{"path":"/a"}]}');

    expect(documentText(mergeDocuments(parent, child))).toBe(
      '{"ignition":{"version":"3.4.0"},"storage":{"files":[{"path":"/a"}]}}',
    );
  });

  it('takes a header away that the child names without a value', () => {
    const with_ = (headers: string) =>
      one(
        `"storage":{"files":[{"path":"/a","contents":{"source":"http://h","httpHeaders":[${headers}]}}]}`,
      );

    const merged = mergeDocuments(
      with_('{"name":"A","value":"1"},{"name":"B","value":"2"}'),
      with_('{"name":"A"}'),
    );

    expect(documentText(merged)).toContain('"httpHeaders":[{"name":"B","value":"2"}]');
  });

  it('appends options, and merges what has the same key', () => {
    const parent = one(
      '"storage":{"filesystems":[{"device":"/d","format":"xfs","options":["-a"]}]}',
    );
    const child = one(
      '"storage":{"filesystems":[{"device":"/d","format":"ext4","options":["-b"]}]}',
    );

    expect(documentText(mergeDocuments(parent, child))).toContain(
      '{"device":"/d","format":"ext4","options":["-a","-b"]}',
    );
  });
});

describe('migrate', () => {
  it('moves every stable Butane that is allowed to the newest version, and keeps what it means', async () => {
    const stable = butaneCases().filter(
      ({ version, kind, stdout }) => stdout && !version.includes('exp') && kind === 'clean',
    );
    for (const { id, variant, input } of stable.filter((one) => one.variant !== '-')) {
      const moved = await migrate({ file: 'x.bu', text: input }, { files });
      if (moved.text == null) continue;
      const newest = { fcos: '1.7.0', flatcar: '1.1.0', fiot: '1.0.0', r4e: '1.1.0' }[variant];
      expect(moved.to, id).toBe(newest);
      expect(
        moved.changes.map(({ name }) => name).filter((name) => !/\.mount|\.swap/.test(name)),
        id,
      ).toEqual([]);
    }
  });

  it('keeps comments, quotes and everything else', async () => {
    const text = "# my nas\nvariant: fcos # Fedora\nversion: '1.0.0' # old\npasswd: {}\n";

    const moved = await migrate({ file: 'x.bu', text });

    expect(moved.text).toBe('# my nas\nvariant: fcos # Fedora\nversion: 1.7.0 # old\npasswd: {}\n');
  });

  it('says the layout that a mirror had without a word', async () => {
    const text =
      'variant: fcos\nversion: 1.3.0\nboot_device:\n  mirror:\n    devices: [/dev/a, /dev/b]\n';

    const moved = await migrate({ file: 'x.bu', text });

    expect(moved.text).toContain('boot_device:\n  layout: x86_64\n  mirror:');
    expect(moved.text && moved.changes).toEqual([]);
  });

  it('moves Ignition too', async () => {
    const moved = await migrate({
      file: 'x.ign',
      text: '{ "ignition": { "version": "3.0.0" } }\n',
    });

    expect(moved.text).toBe('{ "ignition": { "version": "3.6.0" } }\n');
  });
});

describe('diffDocuments', () => {
  it('shows the lines of contents that differ, however they are packed', () => {
    const file = (contents: string) =>
      one(`"storage":{"files":[{"path":"/etc/a","mode":420,"contents":{"source":"${contents}"}}]}`);

    const changes = diffDocuments(
      file('data:,one%0Atwo%0Athree%0A'),
      file('data:;base64,b25lCjIKdGhyZWUK'),
    );

    expect(changes.flatMap(changeLines)).toEqual([
      '~ storage.files[/etc/a].contents',
      '    - two',
      '    + 2',
    ]);
  });
});

describe('showDocument', () => {
  it('tells what a document does', () => {
    const document = one(
      '"passwd":{"users":[{"name":"core","sshAuthorizedKeys":["ssh-ed25519 AAAA me@here"]}]},' +
        '"storage":{"files":[{"path":"/etc/hostname","mode":420,"contents":{"source":"data:,nas"}}]}',
    );

    expect(treeLines(showDocument(document))).toEqual([
      'Ignition 3.4.0',
      '  users',
      '    core',
      '      key ssh-ed25519 me@here',
      '  files',
      '    0644 /etc/hostname, 3 bytes',
    ]);
  });
});

describe('readDocument', () => {
  it.each([
    ['', 'empty', 1],
    ['{', 'ends too early', 1],
    ['{"ignition":{"version":"3.4.0"}} x', 'behind the document', 1],
    ['{\n"ignition":{"version":"9.0.0"}}', 'not known', 2],
    ['{"ignition":{"version":"3.4.0"},\n"storage":{"files":[{"path":1}]}}', 'text in quotes', 2],
    ['{"ignition":{"version":"3.4.0"},\n\n"storage":{"files":[{"path":"a"}]}}', 'start with /', 3],
  ])('refuses %j: %s', (text, message, line) => {
    const { document, findings } = readDocument({ file: 'x.ign', text });

    expect(document).toBeUndefined();
    expect(findings[0]).toMatchObject({ severity: 'error', line });
    expect(findings[0]?.message).toContain(message);
  });
});
