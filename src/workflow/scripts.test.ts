import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { aProject, stepsOf, workflowsOf } from './testing/project.ts';

const folder = mkdtempSync(join(tmpdir(), 'lockstep-scripts-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A lockstep that writes down how it was called. */
const bin = join(folder, '.github/lockstep/node_modules/.bin');
mkdirSync(bin, { recursive: true });
writeFileSync(join(bin, 'lockstep'), '#!/bin/sh\nprintf "%s\\0" "$@" > "$CALLS"\n');
chmodSync(join(bin, 'lockstep'), 0o755);

const HOSTILE = [
  `a'b"c`,
  'x; touch owned',
  '$(touch owned)',
  '`touch owned`',
  'two\nlines',
  '::set-output name=builds::true',
  '%0A::add-mask::x',
  '--force',
  '${{ secrets.SIGNING_KEY }}',
  '🎉 *',
];

/** Runs a script as engines do (`bash -e`), every variable being hostile; the arguments that arrived. */
function argumentsOf(script: string, env: Record<string, string>): string[] {
  const calls = join(folder, 'calls');
  execFileSync('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
    cwd: folder,
    env: { PATH: process.env.PATH ?? '', CALLS: calls, ...env },
  });
  return readFileSync(calls, 'utf8').split('\0').slice(0, -1);
}

describe('scripts of generated workflows', () => {
  const steps = Object.values(workflowsOf(aProject({ ci: '{ ignition: butane.yaml }' })))
    .flatMap(stepsOf)
    .filter(({ step }) => step.run?.includes('$'));

  it.each(HOSTILE)('take %j as text, whatever it is the value of', (value) => {
    expect(steps.length).toBeGreaterThan(5);
    for (const { step } of steps) {
      const names = [...(step.run ?? '').matchAll(/"\$(\w+)"/g)].map(([, name = '']) => name);
      const env = Object.fromEntries(names.map((name) => [name, value]));

      const given = argumentsOf(step.run ?? '', env);

      expect(given.filter((argument) => argument === value)).toHaveLength(names.length);
    }
    expect(() => readFileSync(join(folder, 'owned'))).toThrow();
  });
});
