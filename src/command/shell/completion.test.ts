import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from 'vitest';
import { runOk } from '../../system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../../system/temporary.ts';
import { shells } from './completion.ts';

const LOCKSTEP = join(import.meta.dirname, '../../../bin/lockstep');

let folder: TemporaryFolder;
const fileOf = (shell: string) => join(folder.path, shell);

beforeAll(async () => {
  folder = await temporaryFolder();
  for (const shell of shells) {
    const { stdout } = await runOk(LOCKSTEP, ['completion', shell]);
    await writeFile(fileOf(shell), stdout);
  }
  return () => folder[Symbol.asyncDispose]();
});

/** What bash offers for the last word of a call. */
async function offers(call: string): Promise<string[]> {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
    compopt() { :; }; _lockstep; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const words = call.split(/ |(?<==)|(?==)/);
  const args = ['--norc', '-c', script, 'bash', fileOf('bash'), ...words];
  const { stdout } = await runOk('bash', args, { cwd: folder.path });
  return stdout.split('\n').filter(Boolean);
}

describe('lockstep completion bash', () => {
  it.each([
    ['lockstep stat', ['status']],
    ['lockstep completion ', [...shells]],
    ['lockstep -C cleanup --json sta', ['status']],
    ['lockstep run --chann', ['--channel']],
    ['lockstep run --channel ', ['main', 'branch', 'pull-request']],
    ['lockstep run --channel=ma', ['main']],
    ['lockstep -C x run --only=bo', ['boot']],
    ['lockstep lock s', ['sync', 'show']],
    ['lockstep lock show --pack', ['--packages']],
    ['lockstep lock sync --pack', []],
    ['lockstep help lock s', ['sync', 'show']],
    ['lockstep verify ', []],
    ['lockstep status --config ', []],
  ])('offers for %j %j', async (call, words) => {
    expect(await offers(call)).toEqual(words);
  });

  it('completes at the prompt, without the package bash-completion', async () => {
    await writeFile(join(folder.path, 'a module.ko'), '');
    const child = spawn('script', ['-qec', 'bash --norc --noprofile -i', '/dev/null'], {
      cwd: folder.path,
      env: { PATH: process.env.PATH, TERM: 'dumb', HOME: folder.path },
    });
    child.stdin.write(`source ${fileOf('bash')}; lockstep() { printf '<%s>' "$@"; }\r`);
    child.stdin.write('lockstep roll\t--dry\t; lockstep verify a\\ m\t; exit\r');
    const shown = await text(child.stdout);

    expect(shown).toContain('<rollback><--dry-run>');
    expect(shown).toContain('<verify><a module.ko>');
  });
});

const installed = (program: string) =>
  (process.env.PATH ?? '').split(delimiter).some((path) => existsSync(join(path, program)));

describe('lockstep completion', () => {
  it.each(shells)('is read by %s', async (shell) => {
    if (!installed(shell))
      return console.log(`${shell} is not installed: its syntax is not checked`);
    await runOk(shell, ['-n', fileOf(shell)]);
  });
});
