import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { archivePath, linkTarget, nameOf, parentOf, pathInside } from './path.ts';

const anyPath = fc
  .array(fc.constantFrom('a', '..', '.', '', '.wh.x', '...', 'b c', '..a'), { maxLength: 8 })
  .map((parts) => parts.join('/'));

describe('archivePath', () => {
  it.each([
    ['./usr//lib/', 'usr/lib'],
    ['/etc/passwd', 'etc/passwd'],
    ['./', ''],
    ['', ''],
    ['usr/...', 'usr/...'],
    ['.wh..wh..opq', '.wh..wh..opq'],
  ])('spells %j as %j', (path, wanted) => {
    expect(archivePath(path)).toBe(wanted);
  });

  it.each(['..', 'a/../b', '../../etc/passwd', '/..', 'a/..', 'a\0b'])('refuses %j', (path) => {
    expect(() => archivePath(path)).toThrow(expect.objectContaining({ code: 'invalid-content' }));
  });

  it('gives a path inside the folder or refuses, whatever the path', () => {
    fc.assert(
      fc.property(anyPath, (path) => {
        let inside: string;
        try {
          inside = pathInside('/base', path);
        } catch {
          expect(path.split('/')).toContain('..');
          return;
        }
        expect(inside === '/base' || inside.startsWith('/base/')).toBe(true);
        expect(archivePath(archivePath(path))).toBe(archivePath(path));
        expect(join('/base', archivePath(path))).toBe(inside);
      }),
    );
  });
});

describe('linkTarget', () => {
  it.each([
    ['usr/bin', '../lib/x', 'usr/lib/x'],
    ['usr/bin', '/etc/x', 'etc/x'],
    ['usr', '../../../../etc', 'etc'],
    ['', 'usr/lib', 'usr/lib'],
  ])('leads from %j by %j to %j', (folder, target, wanted) => {
    expect(linkTarget(folder, target)).toBe(wanted);
  });
});

describe('parentOf and nameOf', () => {
  it('split a path at its last slash', () => {
    expect([parentOf('usr/lib/x'), nameOf('usr/lib/x')]).toEqual(['usr/lib', 'x']);
    expect([parentOf('usr'), nameOf('usr')]).toEqual(['', 'usr']);
  });
});
