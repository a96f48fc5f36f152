import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../system/process.ts';
import { nodeProblem } from './node-version.ts';

const MAIN = join(import.meta.dirname, 'main.ts');

describe(nodeProblem, () => {
  it('is that of versions without what lockstep uses', () => {
    expect(['18.20.8', '20.20.2', '22.14.0'].map(nodeProblem)).toEqual([
      'lockstep needs Node 22.15 or newer, and this is 18.20.8',
      'lockstep needs Node 22.15 or newer, and this is 20.20.2',
      'lockstep needs Node 22.15 or newer, and this is 22.14.0',
    ]);
    expect(['22.15.0', '24.0.0', '26.1.0'].map(nodeProblem)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(nodeProblem(process.versions.node)).toBeUndefined();
  });

  it('is told before anything is loaded that an old Node cannot read', () => {
    const imports = readFileSync(MAIN, 'utf8').match(/^import .*$/gm);

    expect(imports).toEqual(["import { nodeProblem } from './node-version.ts';"]);
  });

  it('ends the program with exit 2, and with a document under --json', async () => {
    const old = "Object.defineProperty(process.versions, 'node', { value: '18.20.8' })";
    const args = ['--import', `data:text/javascript,${encodeURIComponent(old)}`, MAIN, 'status'];
    const { status, stdout, stderr } = await run(process.execPath, [...args, '--json']);

    expect(status).toBe(2);
    expect(stderr).toContain('this is 18.20.8');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'unsupported' } });
  });
});

describe('warnings', () => {
  it('of experiments are not shown, others are', async () => {
    const warn = `setTimeout(() => {
      process.emitWarning('of an experiment', 'ExperimentalWarning');
      process.emitWarning('of something else');
    }, 0)`;
    const args = ['--import', `data:text/javascript,${encodeURIComponent(warn)}`, MAIN, '--help'];
    const { stderr } = await run(process.execPath, args);

    expect(stderr).toContain('of something else');
    expect(stderr).not.toContain('experiment');
  });
});
