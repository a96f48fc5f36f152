import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { aModuleIndex } from '../src/gate/abi/testing/index-builder.ts';
import { aKernelModule } from '../src/kernel/testing/module-builder.ts';
import { runOk } from '../src/system/process.ts';
import { type TemporaryFolder, temporaryFolder } from '../src/system/temporary.ts';

const ROOT = join(import.meta.dirname, '..');
const page = readFileSync(join(ROOT, 'docs/library.md'), 'utf8');
const examples = [...page.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text = '']) => text);

/** The package by its name, as its users have it, from the source. */
const HOOKS = `
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve: (name, context, next) =>
      next(name === 'lockstep' ? ${JSON.stringify(`file://${ROOT}/src/index.ts`)} : name, context),
  });
`;

let folder: TemporaryFolder;

beforeAll(async () => {
  folder = await temporaryFolder();
  await mkdir(join(folder.path, 'lib/modules/6.1.0'), { recursive: true });
  await writeFile(join(folder.path, 'x.ko'), aKernelModule());
  const index = aModuleIndex([{ key: 'pci:x', value: 'x' }]);
  await writeFile(join(folder.path, 'modules.alias.bin'), index);
  await writeFile(join(folder.path, 'modules.dep'), 'x.ko:\n');
  return () => folder[Symbol.asyncDispose]();
});

async function outputOf(example: string | undefined, argument: string): Promise<string> {
  const hooks = `data:text/javascript,${encodeURIComponent(HOOKS)}`;
  const call = ['--import', hooks, '--input-type=module', '-e', example ?? '', argument];
  const { stdout } = await runOk(process.execPath, call, { cwd: folder.path });
  return stdout;
}

describe('docs/library.md', () => {
  it('reads a module as it says', async () => {
    const code = examples[0]?.replace('process.argv.slice(2)', 'process.argv.slice(1)');
    expect(await outputOf(code, 'x.ko')).toMatch(/^\w+ \S+/);
  });

  it('reads indexes as it says', async () => {
    const code = examples[1]?.replace('process.argv.slice(2)', 'process.argv.slice(1)');
    expect(await outputOf(code, '.')).toBe('pci:x x\n1\n');
  });

  it('verifies a root as it says', async () => {
    const code = examples[2]?.replace('process.argv.slice(2)', 'process.argv.slice(1)');
    expect(await outputOf(code, '.')).toMatch(/^6\.1\.0 (pass|fail) 0\n$/);
  });

  it('has nothing that is not tried here', () => {
    expect(examples).toHaveLength(3);
  });
});
