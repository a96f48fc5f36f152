import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { type Built, buildButane, documentText } from './build.ts';
import { LocalFiles } from './butane/local-files.ts';
import { withoutGzip } from './contents.ts';
import { type ButaneCase, butaneCases, unpackCaseFiles } from './testing/cases.ts';

const cases = butaneCases();
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let filesDir: string;

beforeAll(async () => {
  folder = await temporaryFolder();
  filesDir = await unpackCaseFiles(folder.path);
});
afterAll(async () => folder[Symbol.asyncDispose]());

function outputOf({ document, findings }: Built, { args }: ButaneCase): string {
  const refused = args.includes('--strict') && findings.length > 0;
  if (!document || refused || args.includes('--check')) return '';
  return `${documentText(document, args.includes('--pretty'))}\n`;
}

const numbers = (list: readonly number[]) => list.toSorted((a, b) => a - b);

describe('buildButane', () => {
  it('has all cases', () => {
    expect(cases).toHaveLength(880);
  });

  it.each(cases)('answers $id as Butane 0.29 does', async (one) => {
    const files = one.args.includes('--files-dir') ? new LocalFiles(filesDir) : undefined;

    const built = await buildButane([{ file: 'x.bu', text: one.input }], { files });

    const place = (found: ButaneCase['findings'][number]) =>
      `${found.severity} ${found.line}:${found.column}`;
    expect(withoutGzip(outputOf(built, one))).toBe(withoutGzip(one.stdout));
    if (one.kind === 'head' || one.kind.startsWith('yaml-')) {
      const lines = built.findings.map(({ line }) => line);
      expect(lines.length).toBeGreaterThan(0);
      if (one.yaml_lines.length > 0) expect(numbers(lines)).toEqual(numbers(one.yaml_lines));
    } else {
      expect(built.findings.map(place).sort()).toEqual(one.findings.map(place).sort());
    }
  });
});
