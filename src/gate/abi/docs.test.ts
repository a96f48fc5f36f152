import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ruleNames } from './module/rule.ts';

const page = readFileSync(new URL('../../../docs/verify.md', import.meta.url), 'utf8');

describe('docs/verify.md', () => {
  it('has a row for every rule of a module, and no other', () => {
    const section = page.slice(
      page.indexOf('## The rules of a module'),
      page.indexOf('## The rules of a tree'),
    );
    const rows = [...section.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);

    expect(new Set(rows)).toEqual(new Set(ruleNames));
  });

  it('shows a document that can be parsed', () => {
    const [, json] = /```json\n([^`]+)```/.exec(page) ?? [];

    expect(JSON.parse(json ?? '')).toHaveProperty('kernels[0].modules');
  });
});
