import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kernelArguments, matchesName, readModprobeConfig } from './modprobe-config.ts';

const read = (text: string, line = '') =>
  readModprobeConfig([{ path: 'a.conf', text }], [{ path: 'cmdline', text: line }]);

describe('readModprobeConfig', () => {
  it('reads every command with its place', () => {
    const config = read(
      'alias my-mod long_name\nblacklist a-b\ninstall c /bin/false; true\noptions d x=1  y="2 3"\nsoftdep e pre: f g post: h\nremove a b\n',
    );

    expect(config).toEqual({
      alias: [{ name: 'my_mod', value: 'long_name', file: 'a.conf', line: 1 }],
      blacklist: [{ name: 'a_b', value: '', file: 'a.conf', line: 2 }],
      install: [{ name: 'c', value: '/bin/false; true', file: 'a.conf', line: 3 }],
      options: [{ name: 'd', value: 'x=1  y="2 3"', file: 'a.conf', line: 4 }],
      softdep: [{ name: 'e', value: 'pre: f g post: h', file: 'a.conf', line: 5 }],
      refused: [],
    });
  });

  it('passes over what kmod does', () => {
    const config = read('#blacklist a\ninstall\noptions a\nblacklisted b\nblacklist \\\n  c\n');

    expect(Object.values(config).flat()).toEqual([
      { name: 'c', value: '', file: 'a.conf', line: 6 },
    ]);
  });

  it('reads the command line of the kernel', () => {
    const config = read(
      '',
      'quiet zfs.zfs_arc_max=1 module_blacklist=a,b modprobe.blacklist=c-d x="y.z=1 2"',
    );

    expect(config.options.map(({ name, value }) => [name, value])).toEqual([
      ['zfs', 'zfs_arc_max=1'],
    ]);
    expect(config.refused.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(config.blacklist.map(({ name }) => name)).toEqual(['c_d']);
  });

  it('takes any text', () => {
    fc.assert(fc.property(fc.string(), (text) => void read(`install ${text}`, text)));
  });
});

describe('matchesName', () => {
  it.each([
    ['zfs', 'zfs', true],
    ['zfs', 'zfs2', false],
    ['snd_*', 'snd_hda', true],
    ['a?c', 'abc', true],
    ['a[!b]c', 'abc', false],
    ['a[b-d]c', 'acc', true],
    ['a.c', 'abc', false],
    ['a[', 'a[', true],
  ])('%s for %s: %s', (pattern, name, matches) => {
    expect(matchesName(pattern, name)).toBe(matches);
  });
});

describe('kernelArguments', () => {
  it('keeps together what is quoted', () => {
    expect(kernelArguments('a="b c" d\te')).toEqual(['a="b c"', 'd', 'e']);
  });
});
