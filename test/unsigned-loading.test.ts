import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/system/process.ts';
import { temporaryFolder } from '../src/system/temporary.ts';
import { aSigner } from '../src/trust/testing/keys.ts';

const SOURCE = join(import.meta.dirname, '../src');

/** Writes the address of every module that is loaded into a file. */
const HOOK = `import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
registerHooks({
  load(url, context, next) {
    appendFileSync(process.env.LOADED, url + '\\n');
    return next(url, context);
  },
});
`;

/** What a plan loads, without the archive that it asks: its command, and whose verdicts count. */
const PLAN = `const source = ${JSON.stringify(SOURCE)};
await import(source + '/command/stream/action/plan.ts');
const { lookTrust } = await import(source + '/release/context/trust.ts');
const { keylessOf } = await import(source + '/release/context/keyless.ts');
const trust = { key: 'env:KEY', public: 'cosign.pub', keyless: true };
const place = { env: {}, project: import.meta.dirname };
const { verdicts } = await lookTrust({ trust }, place);
if (!verdicts || !keylessOf({ trust }, place)) throw new Error('no trust');
`;

/** What signs: keys and what opens them, signatures, and the libraries of both. */
const SIGNING =
  /src\/trust\/(?:bundle|keyless|predicate|sbom|sign|signature|simulate|policy|key\/(?:signer|encrypted-key))\b|node_modules\/@(?:sigstore|noble)\//;

describe('what signs', () => {
  it.each([
    ['--help', ['command/main.ts', '--help']],
    ['trust --help', ['command/main.ts', 'trust', '--help']],
    ['plan', ['plan.mjs']],
  ])('is not loaded for %s', async (_, [program = '', ...words]) => {
    await using folder = await temporaryFolder();
    const at = (name: string) => join(folder.path, name);
    await writeFile(at('hook.mjs'), HOOK);
    await writeFile(at('plan.mjs'), PLAN);
    await writeFile(at('cosign.pub'), aSigner().publicKey.pem);
    const main = program.startsWith('command/') ? join(SOURCE, program) : at(program);

    const { status, stderr } = await run(
      process.execPath,
      ['--import', at('hook.mjs'), main, ...words],
      { env: { ...process.env, LOADED: at('loaded') } },
    );

    expect(status, stderr).toBe(0);
    const modules = (await readFile(at('loaded'), 'utf8')).split('\n');
    expect(modules.length).toBeGreaterThan(10);
    expect(modules.filter((one) => SIGNING.test(one))).toEqual([]);
  });
});
