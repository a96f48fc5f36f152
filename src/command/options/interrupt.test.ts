import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const FILES = {
  interrupt: join(import.meta.dirname, 'interrupt.ts'),
  uninterrupted: join(import.meta.dirname, '../../system/uninterrupted.ts'),
};

/** Work that heeds no signal, in the middle of what must not be torn apart when `held`. */
const script = (held: boolean) => `
  import { interruption } from '${FILES.interrupt}';
  import { uninterrupted } from '${FILES.uninterrupted}';
  interruption('call it again');
  setInterval(() => {}, 1000);
  if (${held}) void uninterrupted(() => new Promise(() => {}));
  console.error('ready');`;

/** Sends a SIGINT whenever the next of the words is said; the end of the process and what it said. */
async function interrupted(held: boolean, words: string[]) {
  const child = spawn(process.execPath, ['--input-type=module', '-e', script(held)]);
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    said += chunk;
    if (words[0] != null && said.includes(words[0])) {
      words.shift();
      child.kill('SIGINT');
    }
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, said };
}

describe('interruption', () => {
  it('ends work that does not heed it, with what a later call can do', async () => {
    const { status, said } = await interrupted(false, ['ready']);

    expect(status).toBe(130);
    expect(said).toMatch(/SIGINT: stopping[^]*error: interrupted by SIGINT\nhint: call it again/);
  });

  it('ends at once at a second one, whatever is under way', async () => {
    const { status, said } = await interrupted(true, ['ready', 'stopping']);

    expect(status).toBe(130);
    expect(said).not.toContain('error');
  });
});
