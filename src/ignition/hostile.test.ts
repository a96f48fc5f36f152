import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { buildButane, documentText } from './build.ts';
import { LocalFiles } from './butane/local-files.ts';
import { bytesOfResource } from './contents.ts';
import { decompile } from './decompile.ts';
import { readDocument } from './document.ts';
import { mergeDocuments } from './join.ts';
import { secretFindings } from './secrets.ts';
import { showDocument, treeLines } from './show.ts';
import type { IgnitionConfig } from './spec/config.ts';
import { tryMutation } from './testing/mutate.ts';

const unit = (contents: string) =>
  `systemd: { units: [{ name: a.service, contents: ${JSON.stringify(contents)} }] }`;
const source = (url: string) =>
  `storage: { files: [{ path: /a, contents: { source: ${JSON.stringify(url)} } }] }`;

const HEAD = 'variant: fcos\nversion: 1.7.0\n';

async function errorsOf(text: string, files?: LocalFiles) {
  const { document, findings } = await buildButane([{ file: 'x.bu', text }], { files });
  expect(document).toBeUndefined();
  return findings.map(({ line, message }) => `${line}: ${message}`);
}

/** Each anchor holds the one before it nine times. */
function bomb(levels: number): string {
  const lines = ['a0: &a0 [x]'];
  for (let level = 1; level <= levels; level++)
    lines.push(
      `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(', ')}]`,
    );
  return `${HEAD}${lines.join('\n')}\n`;
}

describe('hostile Butane', () => {
  it('cannot multiply itself by aliases', async () => {
    expect(await errorsOf(bomb(30))).toEqual([expect.stringMatching(/^\d+: aliases multiply/)]);
  });

  it.each([
    ['lists', '['.repeat(100_000)],
    ['maps', 'a: {'.repeat(100_000)],
    ['lists of lines', Array.from({ length: 3000 }, (_, at) => `${' '.repeat(at)}-`).join('\n')],
  ])('may not lie deep: %s', async (_, text) => {
    expect((await errorsOf(text)).length).toBeGreaterThan(0);
  });

  it('is told when it is nothing at all', async () => {
    for (const text of ['', '\n', '# a\n', '---\n', '[]', '"x"', '42', '\u0000'])
      expect(await errorsOf(text)).not.toEqual([]);
  });

  it('has no power over prototypes', async () => {
    const text = `${HEAD}__proto__: { polluted: 1 }\nconstructor: 1\npasswd: { __proto__: { x: 1 } }\n`;
    const { findings } = await buildButane([{ file: 'x', text }]);

    expect(findings.map(({ severity }) => severity)).toEqual(['warning', 'warning', 'warning']);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});

describe('hostile local files', () => {
  it('are refused with the place that names them', async () => {
    await using folder = await temporaryFolder();
    const root = join(folder.path, 'files');
    mkdirSync(join(root, 'tree/sub'), { recursive: true });
    writeFileSync(join(folder.path, 'secret'), 'x');
    execFileSync('mkfifo', [join(root, 'fifo'), join(root, 'tree/sub/fifo')]);
    symlinkSync('loop', join(root, 'loop'));
    symlinkSync('../secret', join(root, 'out'));
    symlinkSync('..', join(root, 'tree/up'));
    const errors = (local: string) =>
      errorsOf(
        `${HEAD}storage:\n  files:\n    - path: /a\n      contents: { local: ${local} }\n`,
        new LocalFiles(root),
      );

    expect(await errors('fifo')).toEqual(['6: this is no regular file']);
    expect(await errors('loop')).toEqual(['6: links lead round in a circle']);
    expect(await errors('out')).toEqual(['6: a link leads out of the files directory']);
    expect(await errors('../secret')).toEqual(['6: the path leads out of the files directory']);
    expect(await errors('tree/up/../../secret')).toEqual([expect.stringMatching(/^6: /)]);
    expect(
      await errorsOf(`${HEAD}storage: { trees: [{ local: tree }] }\n`, new LocalFiles(root)),
    ).toEqual(['3: trees hold files, directories and links, and nothing else']);
  });
});

describe('a local file that changes while it is read', () => {
  it('is refused, or was read as it was at one moment', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'growing');
    writeFileSync(path, 'x'.repeat(20_000_000));
    const words = 'while :; do printf x >>"$1"; done';
    const writer = spawn('sh', ['-c', words, 'sh', path], { stdio: 'ignore' });
    const text = `${HEAD}storage: { files: [{ path: /a, contents: { local: growing } }] }\n`;
    try {
      const before = statSync(path).size;
      await vi.waitUntil(() => statSync(path).size > before, 10_000);

      expect(await errorsOf(text, new LocalFiles(folder.path))).toEqual([
        '3: the file changes while it is read',
      ]);
    } finally {
      writer.kill();
    }
  });

  it('is refused when its size was never true', async () => {
    const text = `${HEAD}storage: { files: [{ path: /a, contents: { local: status } }] }\n`;

    expect(await errorsOf(text, new LocalFiles('/proc/self'))).toEqual([
      '3: the file changes while it is read',
    ]);
  });
});

describe('long contents', () => {
  it.each([
    ['a file of 32 MB', randomBytes(24_000_000)],
    ['text', Buffer.from('a line\n'.repeat(4_000_000))],
  ])('are as well as short ones: %s', async (_, bytes) => {
    await using folder = await temporaryFolder();
    writeFileSync(join(folder.path, 'long'), bytes);
    const text = `${HEAD}storage: { files: [{ path: /a, contents: { local: long } }] }\n`;

    const { document } = await buildButane([{ file: 'x', text }], {
      files: new LocalFiles(folder.path),
    });

    const file = (document?.value as IgnitionConfig | undefined)?.storage?.files?.[0];
    expect(bytesOfResource(file?.contents ?? {})?.equals(bytes)).toBe(true);
  });

  it.each([
    ['binary', `storage: { files: [{ path: !!binary ${'QUFB'.repeat(5_000_000)} }] }`],
    ['a value of many lines', unit(`[A]\nB=${'\\\nc'.repeat(2_000_000)}`)],
    ['a comment of many lines', unit(`[A]\n#${'\\\nc'.repeat(2_000_000)}`)],
    ['words of a data URL', source(`data:;a="${'\\a'.repeat(4_000_000)}",`)],
    ['what looks like a key', source(`data:,-----BEGIN ${'A '.repeat(4_000_000)}`)],
  ])('come to an end: %s', async (_, body) => {
    const { document, findings } = await buildButane([{ file: 'x', text: `${HEAD}${body}\n` }]);

    expect(document != null || findings.some(({ severity }) => severity === 'error')).toBe(true);
    if (document) expect(secretFindings(document, { file: 'x', severity: 'error' })).toEqual([]);
  });
});

describe('hostile numbers', () => {
  it.each(['-199999999999999999999', '9223372036854775808', '1e300', '.inf', '-.inf', '.nan'])(
    'are refused with a place when 64 bits do not hold them: %s',
    async (number) => {
      const text = `${HEAD}ignition: { timeouts: { http_total: ${number} } }\n`;

      expect(await errorsOf(text)).toEqual(['3: must be a whole number']);
    },
  );
});

describe('numbers beyond 2^53', () => {
  it.each(['9007199254740993', '9223372036854775807', '-9223372036854775808'])(
    'keep every digit on all ways: %s',
    async (number) => {
      const partition = `{ label: a, number: 1, size_mib: ${number}, start_mib: ${number} }`;
      const disk = `{ device: /dev/a, wipe_table: true, partitions: [${partition}] }`;
      const { document } = await buildButane([
        { file: 'x.bu', text: `${HEAD}storage: { disks: [${disk}] }\n` },
      ]);
      if (!document) throw new Error('not built');

      const text = documentText(document);
      const again = readDocument({ file: 'x.ign', text }).document;

      expect(text).toContain(`"sizeMiB":${number},"startMiB":${number}`);
      expect(again && documentText(mergeDocuments(document, again))).toBe(text);
      expect(again && (await decompile(again))).toContain(`size_mib: ${number}\n`);
      expect(again && treeLines(showDocument(again)).join()).toContain(`${number} MiB`);
    },
  );

  it('are counted in 64 bits where partitions overlap', async () => {
    const at = (start: string, size: string) =>
      `{ start_mib: ${start}, size_mib: ${size}, number: `;
    const two = `${at('9007199254740993', '2')}1 }, ${at('9007199254740995', '1')}2 }`;
    const disks = (partitions: string) =>
      `${HEAD}storage: { disks: [{ device: /dev/a, wipe_table: true, partitions: [${partitions}] }] }\n`;

    expect((await buildButane([{ file: 'x', text: disks(two) }])).findings).toEqual([]);
    expect(await errorsOf(disks(two.replace('size_mib: 2', 'size_mib: 3')))).toEqual([
      '3: this partition and another overlap',
    ]);
  });

  it('are no modes', async () => {
    const text = `${HEAD}storage: { files: [{ path: /a, mode: 9007199254740993 }] }\n`;

    expect(await errorsOf(text)).toEqual(['3: this is no mode: 0000 to 07777']);
  });
});

describe('hostile Ignition', () => {
  it.each([
    ['lists', '['.repeat(100_000)],
    ['objects', '{"a":'.repeat(100_000)],
    ['a string without an end', `{"a":"${'x'.repeat(1 << 20)}`],
    ['bytes', '\u0000\u0001'],
  ])('is an error with a place: %s', (_, text) => {
    const { document, findings } = readDocument({ file: 'x', text });

    expect(document).toBeUndefined();
    expect(findings[0]).toMatchObject({ severity: 'error', line: 1 });
  });
});

describe('mutated documents', () => {
  it('are built validly or refused with a place, never worse (1,000,000: scripts/fuzz-ignition.ts)', async () => {
    for (let seed = 1; seed <= 500; seed++) expect(await tryMutation(seed)).toBeUndefined();
  });
});
