import { describe, expect, it } from 'vitest';
import { kernelSpec, versionAndRelease } from './kernel-spec.ts';

const TREE = {
  release: '6.12.9+deb12-amd64',
  modules: { core: ['kernel/fs/a/a.ko.xz'], rest: ['kernel/sound/b.ko.xz'] },
  files: ['vmlinuz', 'config', 'build', 'source', 'modules.dep', 'modules.order', 'kernel'],
};

describe(versionAndRelease, () => {
  it('parts a release at its dash', () => {
    expect(versionAndRelease('6.12.9+deb12-amd64')).toEqual({
      version: '6.12.9+deb12',
      release: 'amd64',
    });
  });
});

describe(kernelSpec, () => {
  it('puts every file into one package, with the folders above it', () => {
    const packed = filesOf(kernelSpec(TREE));

    expect(packed.core).toEqual(['vmlinuz', 'config']);
    expect(packed['modules-core']).toEqual([
      '%dir',
      'build',
      'source',
      'modules.order',
      '%ghost modules.dep',
      '%dir kernel',
      '%dir kernel/fs',
      '%dir kernel/fs/a',
      'kernel/fs/a/a.ko.xz',
    ]);
    expect(packed.modules).toEqual(['%dir kernel', '%dir kernel/sound', 'kernel/sound/b.ko.xz']);
  });

  it('lets the kernel be asked for by what uname prints', () => {
    expect(kernelSpec(TREE)).toMatch(
      /%package core[^%]*(?:%\{[^%]*)*Provides: kernel-uname-r = %\{K\}/,
    );
  });
});

/** The files of each package, from `/usr/lib/modules/RELEASE` on. */
function filesOf(spec: string): Record<string, string[]> {
  const parts = spec.split(/^%files ?/m).slice(1);
  return Object.fromEntries(
    parts.map((part) => {
      const [name = '', , ...lines] = part.split('\n');
      const files = lines
        .slice(0, lines.indexOf(''))
        .map((line) => line.replace(/\/usr\/lib\/modules\/%\{K\}\/?/, '').trimEnd());
      return [name, files];
    }),
  );
}
