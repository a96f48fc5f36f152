import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ChosenSource } from './choose.ts';
import type { ArchiveName } from './package-set.ts';
import { locateInPool, uriOf } from './servers.ts';

function aSource(uri: string, archive: ArchiveName): ChosenSource {
  return { uri, archive, suite: 'x', components: ['main'], required: true };
}

const archive = {
  sources: [
    aSource('http://a.example/debian', 'debian'),
    aSource('http://a.example/debian-security/', 'debian-security'),
  ],
};

describe(locateInPool, () => {
  it('tells the archives apart and takes quoting off', () => {
    const uri = 'http://a.example/debian-security/pool/updates/main/l/x_1%3a2%7edeb12%2bu1_all.deb';

    expect(locateInPool(archive, uri)).toEqual({
      archive: 'debian-security',
      filename: 'pool/updates/main/l/x_1:2~deb12+u1_all.deb',
    });
  });

  it('refuses an address outside the sources', () => {
    expect(() => locateInPool(archive, 'http://b.example/debian/pool/x.deb')).toThrow(/outside/);
  });
});

describe(uriOf, () => {
  it('is undone by locateInPool', () => {
    const name = fc.stringMatching(/^[A-Za-z0-9+~:%._-]{1,20}$/);
    fc.assert(
      fc.property(name, fc.constantFrom('debian', 'debian-security'), (file, of) => {
        const place = { archive: of, filename: `pool/main/${file}` };

        expect(locateInPool(archive, uriOf(archive, place) ?? '')).toEqual(place);
      }),
    );
  });

  it('is undefined for an archive that the machine has no server of', () => {
    const place = { archive: 'debian-security', filename: 'pool/x' } as const;

    expect(uriOf({ sources: archive.sources.slice(0, 1) }, place)).toBeUndefined();
  });
});
