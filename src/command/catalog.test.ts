import { describe, expect, it } from 'vitest';
import { runOk } from '../system/process.ts';
import { catalog } from './catalog.ts';

/** Prints the files that the declarations of all commands load. */
const SCRIPT = `
  import { registerHooks } from 'node:module';
  const seen = [];
  registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
  const { catalog } = await import('./catalog.ts');
  for (const { load } of catalog) await load();
  console.log(JSON.stringify(seen));
`;

describe('catalog', () => {
  it('declares commands without what their work needs, so that help comes at once', async () => {
    const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', SCRIPT];
    const { stdout } = await runOk(process.execPath, args, { cwd: import.meta.dirname });
    const loaded = JSON.parse(stdout) as string[];

    expect(loaded.filter((url) => url.includes('/src/command/')).length).toBeGreaterThan(
      catalog.length,
    );
    expect(
      loaded.filter((url) => /\/(action|yaml|zod)\/|\/src\/(oci|vm|build)\//.test(url)),
    ).toEqual([]);
  });
});
