import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { manPage } from '../scripts/man-page.ts';
import { wholeProgram } from '../src/command/program.ts';
import { definitionOf, everyCommand } from '../src/command/render/shell/definition.ts';
import { runOk } from '../src/system/process.ts';

const ROOT = join(import.meta.dirname, '..');
const { man, files } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  man: string;
  files: string[];
};
const page = join(ROOT, man);
const text = readFileSync(page, 'utf8').replaceAll('\\-', '-');

describe('lockstep(1)', () => {
  it('comes with the npm package', () => {
    expect(files).toContain('man');
    expect(man).toMatch(/^\.\/man\/.*\.1$/);
  });

  it('has every command with every option', async () => {
    const commands = everyCommand(definitionOf(await wholeProgram()));

    expect(commands.length).toBeGreaterThan(30);
    for (const { path, options } of commands.slice(1)) {
      const part = text.split('.SS ').find((one) => one.startsWith(`"lockstep ${path}"`));
      for (const name of options.flatMap((option) => option.names))
        expect(part).toContain(`\\fB${name}\\fR`);
    }
  });

  it('takes what begins with a dot or a quote for text', () => {
    const program = {
      path: '',
      name: 'x',
      summary: '',
      description: 'X.',
      usage: '',
      epilogue: ".so x\n'so y",
      options: [],
      arguments: [],
      commands: [],
    };

    expect(manPage(program, '1')).toContain("\\&.so x\n\\&'so y");
  });

  it.runIf(existsSync('/usr/bin/groff'))('is read by groff without a warning', async () => {
    const { stdout, stderr } = await runOk('groff', ['-man', '-ww', '-Tascii', page]);

    expect(stderr).toBe('');
    expect(stdout).toContain('lockstep lock sync');
  });
});
