import { describe, expect, it } from 'vitest';
import { formatSources, parseDeb822Sources, parseOneLineSources } from './sources.ts';

describe(parseOneLineSources, () => {
  it('reads options and leaves out sources, comments and trust without signature', () => {
    const text = `
# deb http://old.example/debian buster main
deb-src http://a.example/debian bookworm main
deb [arch=amd64 signed-by=/k.gpg trusted=yes] http://a.example/debian bookworm main contrib # ok
deb http://b.example/debian stable main`;

    expect(parseOneLineSources(text)).toEqual([
      {
        uri: 'http://a.example/debian',
        suite: 'bookworm',
        components: ['main', 'contrib'],
        signedBy: '/k.gpg',
      },
      { uri: 'http://b.example/debian', suite: 'stable', components: ['main'] },
    ]);
  });
});

describe(parseDeb822Sources, () => {
  it('makes one entry of each address and suite, and none of what is disabled', () => {
    const text =
      'Types: deb deb-src\nURIs: http://a.example/debian http://b.example/debian\n' +
      'Suites: bookworm bookworm-updates\nComponents: main\n\n' +
      'Types: deb\nURIs: http://c.example/x\nSuites: y\nComponents: main\nEnabled: no\n';

    const sources = parseDeb822Sources(text);

    expect(sources.map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://a.example/debian bookworm',
      'http://a.example/debian bookworm-updates',
      'http://b.example/debian bookworm',
      'http://b.example/debian bookworm-updates',
    ]);
  });
});

describe(formatSources, () => {
  it('writes what it reads, with a key block inside', () => {
    const signedBy = '\n-----BEGIN PGP PUBLIC KEY BLOCK-----\n.\nmDME\n-----END PGP-----';
    const source = { uri: 'http://a.example/debian', suite: 's', components: ['main'], signedBy };

    expect(parseDeb822Sources(formatSources([source], ['deb']))).toEqual([source]);
  });
});
