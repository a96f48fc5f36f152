import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { buildButane } from './build.ts';
import { findingText } from './finding.ts';

interface Case {
  text: string;
  head?: string;
  finds: string[];
}

const cases = parse(
  readFileSync(join(import.meta.dirname, 'testing/findings.yaml'), 'utf8'),
) as Case[];

describe('findings that the cases of Butane leave out', () => {
  it('are many', () => {
    expect(cases.length).toBeGreaterThan(110);
  });

  it.each(cases)('$text', async ({ text, head = 'fcos 1.7.0', finds }) => {
    const [variant, version] = head.split(' ');
    const source = { file: 'x', text: `variant: ${variant}\nversion: ${version}\n${text}\n` };

    const { document, findings } = await buildButane([source]);

    expect(
      findings.map((finding) =>
        findingText(finding).replace(/^x:(\S+): (\w+): (\S+) /, '$2 $1 $3 '),
      ),
    ).toEqual(finds);
    expect(document == null).toBe(finds.some((find) => find.startsWith('error')));
  });
});
