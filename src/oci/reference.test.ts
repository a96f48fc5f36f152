import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digestOf } from '../system/digest.ts';
import {
  digestTag,
  formatReference,
  isTag,
  parseReference,
  subjectOfTag,
  tagOf,
} from './reference.ts';

const digest = digestOf('a manifest');

describe('parseReference', () => {
  it.each([
    ['oci:store', { kind: 'layout', path: 'store' }],
    ['oci:/srv/store:main-44', { kind: 'layout', path: '/srv/store', tag: 'main-44' }],
    [`oci:store@${digest}`, { kind: 'layout', path: 'store', digest }],
    ['oci-archive:a/b.tar:v1', { kind: 'archive', path: 'a/b.tar', tag: 'v1' }],
    ['quay.io/fedora/fedora', { kind: 'remote', host: 'quay.io', repository: 'fedora/fedora' }],
    [
      `localhost:5000/a/b:t@${digest}`,
      { kind: 'remote', host: 'localhost:5000', repository: 'a/b', tag: 't', digest },
    ],
    [
      'docker://docker.io/debian:12',
      { kind: 'remote', host: 'docker.io', repository: 'library/debian', tag: '12' },
    ],
    ['[::1]:5000/a:b', { kind: 'remote', host: '[::1]:5000', repository: 'a', tag: 'b' }],
  ])('reads %s', (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  it.each([
    'debian',
    'debian:12',
    'owner/name',
    'quay.io/',
    'quay.io/Fedora/fedora',
    'quay.io/fedora:with space',
    'quay.io/fedora@sha256:beef',
    'quay.io/../fedora',
    'quay.io/a//b',
    'oci:',
    'oci:store:a+b',
    '',
    'https://quay.io/a',
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(
      expect.objectContaining({ code: 'invalid-reference' }),
    );
  });

  it('reads again what formatReference wrote', () => {
    const text = fc.constantFrom(
      'oci:a/b:c',
      'oci-archive:x.tar',
      `ghcr.io/o/n:t@${digest}`,
      `host:1/n@${digest}`,
    );
    fc.assert(fc.property(text, (given) => formatReference(parseReference(given)) === given));
  });

  it('never fails but by its name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseReference(text);
        } catch (error) {
          expect(error).toMatchObject({ code: 'invalid-reference' });
        }
      }),
    );
  });
});

describe('tagOf', () => {
  it('replaces what versions have and tags cannot hold', () => {
    expect(tagOf('zfs-2.3.2~rc1_kernel-6.12.95+deb12-amd64')).toBe(
      'zfs-2.3.2_rc1_kernel-6.12.95_deb12-amd64',
    );
  });

  it('makes a tag of any text', () => {
    fc.assert(fc.property(fc.string({ minLength: 1 }), (text) => isTag(tagOf(text))));
  });
});

describe('subjectOfTag', () => {
  it('finds the digest that a tag belongs to', () => {
    expect(subjectOfTag(digestTag(digest))).toBe(digest);
    expect(subjectOfTag(digestTag(digest, '.sig'))).toBe(digest);
    expect(subjectOfTag('latest')).toBeUndefined();
  });
});
