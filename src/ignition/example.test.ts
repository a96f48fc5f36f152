import { readFileSync } from 'node:fs';
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

describe('docs/ignition.md', () => {
  const page = readFileSync(join(ROOT, 'docs/ignition.md'), 'utf8');
  const examples = [...page.matchAll(/^```yaml\n(variant:[^]*?)^```$/gm)].map(
    ([, text = '']) => text,
  );

  it('has examples of Butane', () => {
    expect(examples.length).toBeGreaterThan(0);
  });

  it.each(examples)('builds %j without a warning', async (text) => {
    const { document, findings } = await buildButane([{ file: 'docs/ignition.md', text }]);

    expect(findings).toEqual([]);
    expect(document).toBeDefined();
  });
});
