import { describe, expect, it } from 'vitest';
import { formatImageName, parseImageName } from './image-name.ts';
import { problemWithScope } from './scope-rule.ts';
import { pathSubject, registrySubject } from './subject.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const scopesOf = (text: string) => {
  const name = parseImageName(text);
  return name && registrySubject(name, 'docker').scopes;
};

describe(registrySubject, () => {
  it('is spoken of by itself, by all above it, and by wildcards of its domain', () => {
    expect(scopesOf('cr.example.org:5000/owner/os:v1')).toEqual([
      'cr.example.org:5000/owner/os:v1',
      'cr.example.org:5000/owner/os',
      'cr.example.org:5000/owner',
      'cr.example.org:5000',
      '*.example.org',
      '*.org',
    ]);
    expect(scopesOf('localhost/os')?.[0]).toBe('localhost/os:latest');
    expect(scopesOf(`ghcr.io/o/os@${DIGEST}`)?.[0]).toBe(`ghcr.io/o/os@${DIGEST}`);
  });
});

describe(pathSubject, () => {
  it('is spoken of by each folder above it, but not by the root', () => {
    expect(pathSubject('/var/store/os', 'oci').scopes).toEqual([
      '/var/store/os',
      '/var/store',
      '/var',
    ]);
    expect(pathSubject('/var/os.tar', 'docker-archive').scopes).toEqual([]);
  });
});

describe(parseImageName, () => {
  it.each([
    ['busybox', 'docker.io/library/busybox'],
    ['owner/os:v1', 'docker.io/owner/os:v1'],
    ['index.docker.io/os', 'docker.io/library/os'],
    ['localhost/os', 'localhost/os'],
    ['host:5000/os@' + DIGEST, 'host:5000/os@' + DIGEST],
  ])('reads %s as %s', (text, full) => {
    const name = parseImageName(text);
    expect(name && formatImageName(name)).toBe(full);
  });

  it.each(['', 'Owner/os', 'host/os:', 'host/os@sha256:12', 'a'.repeat(64), 'host//os', 'os:-v'])(
    'takes %j for no name',
    (text) => {
      expect(parseImageName(text)).toBeUndefined();
    },
  );
});

describe(problemWithScope, () => {
  it.each([
    ['docker', 'anything goes'],
    ['unknown', 'anything goes'],
    ['oci', '/var/store'],
    ['atomic', 'host/namespace/stream:tag'],
    ['docker-daemon', 'name'],
    ['tarball', ''],
    ['containers-storage', '[overlay@/var/lib]'],
    ['containers-storage', '[/var/lib]name'],
    ['containers-storage', `[/var/lib]name@${DIGEST}`],
    ['containers-storage', `[/var/lib]name@${DIGEST}@${'b'.repeat(64)}`],
  ])('lets %s have the scope %j', (transport, scope) => {
    expect(problemWithScope(transport, scope)).toBeUndefined();
  });

  it.each([
    ['oci', 'var'],
    ['dir', '/'],
    ['dir', '/var/../etc'],
    ['oci-archive', '/var/'],
    ['atomic', 'host/namespace/stream:tag/more'],
    ['docker-daemon', DIGEST],
    ['tarball', 'x'],
    ['docker-archive', '/x'],
    ['containers-storage', 'name'],
    ['containers-storage', '[@/var/lib]name'],
    ['containers-storage', '[/var/lib]name@odd'],
    ['containers-storage', `[/var/lib]name@odd@${'b'.repeat(64)}`],
  ])('does not let %s have the scope %j', (transport, scope) => {
    expect(problemWithScope(transport, scope)).toEqual(expect.any(String));
  });
});
