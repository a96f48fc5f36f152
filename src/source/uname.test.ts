import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../system/temporary.ts';
import { unameScript } from './uname.ts';

describe(unameScript, () => {
  it.each(['-r', '-m', '-a', '-sr', '--kernel-release', '-n', ''])(
    'answers `uname %s` for the kernel at hand and as the machine for the rest',
    async (option) => {
      await using folder = await temporaryFolder();
      const script = `set -eu\n${unameScript('6.1.0-56-x', join(folder.path, 'bin'))}\nuname ${option}`;
      const real = (args: string[]) => execFileSync('uname', args, { encoding: 'utf8' });

      const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });

      const expected = real(option ? [option] : []).replace(real(['-r']).trim(), '6.1.0-56-x');
      expect(said).toBe(expected);
    },
  );

  it('fails as uname does', async () => {
    await using folder = await temporaryFolder();
    const script = `${unameScript('6.1', join(folder.path, 'bin'))}\nuname --no-such 2> /dev/null`;

    expect(() => execFileSync('sh', ['-c', script])).toThrow();
  });
});
