import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { run } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';

const ROOT = join(import.meta.dirname, '..');
const SCRIPT = join(ROOT, 'scripts/action.sh');

interface Action {
  inputs: Record<string, { default: string }>;
  outputs: Record<string, { value: string }>;
  runs: { using: string; steps: { id?: string; run: string; env: Record<string, string> }[] };
}
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;

/** Calls the script as the action does, with what its inputs say. */
async function call(command: string, directory: string, env: Record<string, string> = {}) {
  return run('bash', [SCRIPT], {
    env: {
      PATH: process.env.PATH,
      LOCKSTEP_COMMAND: command,
      LOCKSTEP_DIRECTORY: directory,
      ...env,
    },
  });
}

test('no script of the action holds an expression, and each output is one of its step', () => {
  for (const { run: script, env } of action.runs.steps) {
    expect(script).not.toContain('${{');
    expect(script).not.toMatch(/\n./);
    for (const name of script.match(/\$(\w+)/g) ?? []) expect(env).toHaveProperty(name.slice(1));
  }
  for (const [name, { value }] of Object.entries(action.outputs))
    expect(value).toBe(`\${{ steps.lockstep.outputs.${name} }}`);
});

test('the words of the command reach lockstep, in the folder that is named', async () => {
  await using work = await temporaryFolder();
  mkdirSync(join(work.path, 'project'));
  writeFileSync(join(work.path, 'project/lockstep.yaml'), 'version: 2\n');

  const version = await call('--version', work.path);
  expect(version).toMatchObject({ status: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) });

  const check = await call('status\n  --json', join(work.path, 'project'));
  expect(check.status).toBe(2);
  expect(JSON.parse(check.stdout)).toMatchObject({ error: { code: 'config' } });
}, 60_000);

test.each([
  'status; touch made',
  'status $(touch made)',
  'status `touch made`',
  'status && touch made',
  "status 'a b'",
  '*',
])(
  'no shell reads %s again',
  async (command) => {
    await using work = await temporaryFolder();

    expect(await call(command, work.path)).toMatchObject({ status: 2 });
    expect(existsSync(join(work.path, 'made'))).toBe(false);
  },
  60_000,
);
