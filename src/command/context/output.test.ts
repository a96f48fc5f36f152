import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../system/process.ts';

const SIZE = 1 << 20;
const FILE = join(import.meta.dirname, 'output.ts');
const code = `
  const { standardOutput } = await import(${JSON.stringify(FILE)});
  for (let part = 0; part < 16; part++) standardOutput.write(String.fromCharCode(97 + part).repeat(${SIZE / 16}));
  process.stderr.write('done');
`;
const WRITER = `"$NODE" --input-type=module -e "$CODE"`;
/** Has the program write to a pipe that takes no more than it can hold. */
const NEVER_WAITING = `perl -MFcntl -e 'fcntl(STDOUT, F_SETFL, O_WRONLY | O_NONBLOCK); exec @ARGV'`;
/** Letters in the order of their parts, each as often as it was written. */
const COUNT = 'fold -w 65536 | uniq | cut -c 1 | tr -d "\\n"';

const env = { ...process.env, NODE: process.execPath, CODE: code };
const shell = (script: string) => run('bash', ['-c', script], { env });

describe('standardOutput', () => {
  it.each([
    ['that is read at once', WRITER],
    ['that is read late', `${WRITER} | (sleep 0.3; cat)`],
    ['that does not wait for its reader', `${NEVER_WAITING} ${WRITER} | (sleep 0.3; cat)`],
  ])('gives everything in its order to a pipe %s', async (_, script) => {
    expect(await shell(`${script} | ${COUNT}`)).toMatchObject({
      stdout: 'abcdefghijklmnop',
      stderr: 'done',
    });
  });

  it.each([WRITER, `${NEVER_WAITING} ${WRITER}`])(
    'lets the work go on when nobody reads any more: %#',
    async (script) => {
      const { stderr } = await shell(`(${script}; echo " $?" >&2) | head -c 1 > /dev/null`);

      expect(stderr).toBe('done 0\n');
    },
  );
});
