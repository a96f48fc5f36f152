import { describe, expect, it } from 'vitest';
import { chooseSources, DEBIAN_KEYRINGS } from './choose.ts';
import type { AptSource } from './sources.ts';
import { suiteFamily } from './suites.ts';

const [KEYRING = ''] = DEBIAN_KEYRINGS;

function aSource(over: Partial<AptSource> = {}): AptSource {
  return {
    uri: 'http://a.example/debian',
    suite: 'bookworm',
    components: ['main'],
    signedBy: KEYRING,
    ...over,
  };
}

function chosen(sources: AptSource[], suite: string): string[] {
  const found = chooseSources(sources, suiteFamily(suite), ['main', 'contrib']);
  return found.map((source) => `${source.uri} ${source.suite}`);
}

describe(chooseSources, () => {
  it('takes the listed server of each suite', () => {
    const security = aSource({ uri: 'http://s.example/sec', suite: 'bookworm-security' });

    expect(chosen([aSource(), security], 'bookworm')).toEqual([
      'http://a.example/debian bookworm',
      'http://a.example/debian bookworm-updates',
      'http://s.example/sec bookworm-security',
    ]);
  });

  it('looks for a suite that is not listed on the same servers', () => {
    expect(chosen([aSource()], 'trixie-backports')).toEqual([
      'http://a.example/debian trixie',
      'http://a.example/debian trixie-updates',
      'http://a.example/debian-security trixie-security',
      'http://a.example/debian trixie-backports',
    ]);
  });

  it('passes by the archives of others, even when they use a suite of the same name', () => {
    const others = [
      aSource({ uri: 'http://other.example/apt', signedBy: '/usr/share/keyrings/other.gpg' }),
      aSource({ uri: 'http://tool.example/debian', components: ['stable'] }),
      aSource({ uri: 'cdrom:[Debian]/', signedBy: undefined }),
    ];

    expect(chosen([...others, aSource()], 'sid')).toEqual(['http://a.example/debian sid']);
    expect(() => chosen(others.slice(1), 'sid')).toThrow(/no Debian archive/);
  });

  it('never widens the trust of a listed suite', () => {
    const [base] = chooseSources([aSource({ signedBy: '/own.gpg' })], suiteFamily('bookworm'), [
      'main',
    ]);

    expect(base?.signedBy).toBe('/own.gpg');
  });
});
