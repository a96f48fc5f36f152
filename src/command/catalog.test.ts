import { describe, expect, it } from 'vitest';
import { runOk } from '../system/process.ts';
import { catalog } from './catalog.ts';

/** Prints the files that something loads. */
const loading = (what: string) => `
  import { registerHooks } from 'node:module';
  const seen = [];
  registerHooks({ load: (url, context, next) => (seen.push(url), next(url, context)) });
  ${what}
  console.log(JSON.stringify(seen));
`;

/** The files that something loads, by their addresses; what it prints before does not matter. */
async function loadedBy(what: string): Promise<string[]> {
  const script = loading(what);
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script];
  const { stdout } = await runOk(process.execPath, args, { cwd: import.meta.dirname });
  return JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as string[];
}

describe('catalog', () => {
  it('declares commands without what their work needs, so that help comes at once', async () => {
    const loaded = await loadedBy(`
      const { catalog } = await import('./catalog.ts');
      for (const { load } of catalog) await load();
    `);

    expect(loaded.filter((url) => url.includes('/src/command/')).length).toBeGreaterThan(
      catalog.length,
    );
    expect(
      loaded.filter((url) =>
        /\/(action|yaml|zod|@sigstore|@noble)\/|\/src\/(oci|vm|build)\//.test(url),
      ),
    ).toEqual([]);
  });

  it('loads for the help of a command the declaration of that one alone', async () => {
    for (const command of ['completion', 'run']) {
      const loaded = await loadedBy(`
        const { main } = await import('./program.ts');
        await main(['${command}', '--help']);
      `);

      const declared = loaded.filter((url) => /\/src\/command\/(?:stream|image|shell)\//.test(url));
      expect(declared).toEqual([expect.stringMatching(`/${command}\\.ts$`)]);
    }
  });

  it('reads a configuration by its own schema alone', async () => {
    const loaded = await loadedBy("await import('./workflow/action/generate.ts');");

    expect(loaded.filter((url) => url.includes('/src/config/')).length).toBeGreaterThan(10);
    expect(loaded.filter((url) => /initramfs|\/src\/(release|oci)\//.test(url))).toEqual([]);
  });

  it('loads nothing that signs for what signs nothing', async () => {
    const loaded = await loadedBy("await import('./stream/action/plan.ts');");

    expect(loaded.length).toBeGreaterThan(100);
    expect(loaded.filter((url) => /\/(@sigstore|@noble)\//.test(url))).toEqual([]);
  });

  it('loads what builds and what speaks to servers only where a run has work for it', async () => {
    const loaded = await loadedBy(`
      await import('./stream/action/run.ts');
      await import('../release/family/debian/follow.ts');
    `);

    expect(loaded.length).toBeGreaterThan(100);
    expect(
      loaded.filter((url) =>
        /^node:(https?|tls)$|-script\.ts$|\/(take-rpms|rpm|root|containerfile)\.ts$/.test(url),
      ),
    ).toEqual([]);
  });
});
