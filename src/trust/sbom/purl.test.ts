import { describe, expect, it } from 'vitest';
import { purlOf } from './purl.ts';

const fedora = { id: 'fedora', version: '44' };
const debian = { id: 'debian', version: '12' };

describe(purlOf, () => {
  it('puts the epoch of an RPM into a qualifier, and leaves that of a deb in its version', () => {
    const rpm = { kind: 'rpm', name: 'shadow-utils', version: '2:4.19-1.fc44' } as const;
    const deb = { kind: 'deb', name: 'zfsutils-linux', version: '1:2.1.11-1+deb12u1~rc' } as const;

    const source = 'shadow-utils-4.19-1.fc44.src.rpm';
    expect(purlOf({ ...rpm, architecture: 'x86_64', source }, fedora)).toBe(
      `pkg:rpm/fedora/shadow-utils@4.19-1.fc44?arch=x86_64&distro=fedora-44&epoch=2&upstream=${source}`,
    );
    expect(purlOf({ ...deb, architecture: 'amd64', source: 'zfs-linux (1:2.1)' }, debian)).toBe(
      'pkg:deb/debian/zfsutils-linux@1:2.1.11-1%2Bdeb12u1~rc?arch=amd64&distro=debian-12&upstream=zfs-linux',
    );
  });

  it('names a package of an unknown system without one', () => {
    const one = { kind: 'deb', name: 'g++', version: '1', architecture: 'all' } as const;

    expect(purlOf(one, undefined)).toBe('pkg:deb/g%2B%2B@1?arch=all');
  });
});
