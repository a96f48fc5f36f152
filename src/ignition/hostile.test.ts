import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { buildButane } from './build.ts';
import { LocalFiles } from './butane/local-files.ts';
import { readDocument } from './document.ts';
import { tryMutation } from './testing/mutate.ts';

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

describe('hostile numbers', () => {
  it.each(['-199999999999999999999', '9007199254740993', '1e300', '.inf'])(
    'are refused with a place, for they would lose digits: %s',
    async (number) => {
      const text = `${HEAD}ignition: { timeouts: { http_total: ${number} } }\n`;

      expect(await errorsOf(text)).toEqual(['3: must be a whole number']);
    },
  );
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
