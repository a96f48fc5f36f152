import type { ModuleSource } from '../module-source.ts';

/** A pinned module source for tests; only what matters to the test needs to be said. */
export function aModuleSource(over: Partial<ModuleSource> = {}): ModuleSource {
  const name = over.kind === 'dkms' ? 'x-dkms_1_all.deb' : 'x_1.dsc';
  return {
    name: 'x',
    kind: 'debian',
    package: 'x',
    version: '1',
    files: [{ name, sha256: 'a'.repeat(64), size: 1, filename: `pool/${name}`, archive: 'debian' }],
    range: {},
    buildDependencies: [],
    options: [],
    ...over,
  };
}
