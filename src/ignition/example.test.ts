import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { buildButane } from './build.ts';
import { runJob } from './build-job.ts';
import { readJob } from './job.ts';
import { secretFindings } from './secrets.ts';
import { showDocument, treeLines } from './show.ts';

const ROOT = join(import.meta.dirname, '../..');
const request = { inputs: [], config: 'lockstep.yaml', env: {}, stdin: () => Readable.from([]) };

describe('examples/custom-coreos', () => {
  it('builds without a warning, holds no secret, and does what it says', async () => {
    const job = await readJob({ ...request, cwd: join(ROOT, 'examples/custom-coreos') });

    const { findings, done } = await runJob(job);

    expect({ findings, strict: job.strict }).toEqual({ findings: [], strict: true });
    const document = done?.document;
    if (!document) throw new Error('not built');
    expect(secretFindings(document, { file: 'x', severity: 'error' })).toEqual([]);
    expect(treeLines(showDocument(document)).join('\n')).toContain('unlocked by TPM 2');
    expect(done.text).toContain(
      'ostree-unverified-registry:registry.example.org/me/custom-coreos:stable',
    );
  });
});

describe('pages', () => {
  const examples = globSync(['*.md', 'docs/*.md', 'examples/*/*.md'], { cwd: ROOT }).flatMap(
    (file) => {
      const page = readFileSync(join(ROOT, file), 'utf8');
      const found = page.matchAll(/^```ya?ml\n(variant:[^]*?)^```$/gm);
      return [...found].map(([, text = '']) => ({ file, text }));
    },
  );

  it('have examples of Butane', () => {
    expect(examples.map(({ file }) => file)).toContain('docs/ignition.md');
  });

  it.each(examples)('$file has one that is built without a warning', async (source) => {
    const { document, findings } = await buildButane([source]);

    expect(findings).toEqual([]);
    expect(document).toBeDefined();
  });
});
