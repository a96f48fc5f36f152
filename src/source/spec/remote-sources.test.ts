import { describe, expect, it } from 'vitest';
import { sourceNeeds } from './remote-sources.ts';
import { readSpec } from './spec.ts';

const hex = 'a'.repeat(128);
const needsOf = (
  spec: string,
  checksums: Record<string, { algorithm: string; hex: string }> = {},
) =>
  sourceNeeds(readSpec(spec), {
    files: new Set(['y-kmod.spec', 'fix.patch']),
    checksums: new Map(Object.entries(checksums)),
  });
const strong = { 'y-1.tar.gz': { algorithm: 'sha512', hex } };

describe(sourceNeeds, () => {
  it('fetches only what does not lie beside the spec, from where the repository pins it', () => {
    const spec =
      'Source0: https://y.example.org/1.tar.gz#/y-1.tar.gz\nPatch0: https://y.example.org/fix.patch\n';

    expect(needsOf(spec, strong)).toEqual({
      remote: [
        { name: 'y-1.tar.gz', url: 'https://y.example.org/1.tar.gz', algorithm: 'sha512', hex },
      ],
      problems: [],
    });
  });

  it.each([
    ['an address without a checksum', 'https://y.example.org/y-2.tar.gz', /no checksum of y-2/],
    ['one that anybody on the way can change', 'http://y.example.org/y-1.tar.gz', /no https/],
    ['one with a password', 'https://me:x@y.example.org/y-1.tar.gz', /no https/],
    ['a file that is nowhere', 'y.conf', /does not lie beside the spec$/],
    ['a file of a cache that nobody named', 'y-1.tar.gz', /and the spec tells no address/],
    ['what a shell decides', '%(date).tar.gz', /only rpmbuild can tell/],
    ['a name that scripts of ours have', 'https://y.example.org/lockstep-1.sh', /is no name of a/],
    ['what leads out of the folder', '..', /is no name of a file/],
  ])('refuses %s', (_, source, why) => {
    const { remote, problems } = needsOf(`Source0: ${source}\n`, strong);

    expect(remote).toEqual([]);
    expect(problems).toEqual([expect.stringMatching(why)]);
    expect(problems[0]).toContain(`Source0: ${source}: `);
  });

  it('refuses a checksum for which other files can be made', () => {
    const weak = { 'y-1.tar.gz': { algorithm: 'md5', hex: 'a'.repeat(32) } };

    expect(needsOf('Source0: https://y.example.org/y-1.tar.gz\n', weak).problems).toEqual([
      expect.stringContaining('md5 pins nothing'),
    ]);
  });

  it('leaves what stands in a condition to rpmbuild', () => {
    const spec = '%if 0%{?rhel}\nSource0: https://y.example.org/other.tar.gz\n%endif\n';

    expect(needsOf(spec)).toEqual({ remote: [], problems: [] });
  });
});
