import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gitAddressProblem, gitCommitProblem, gitPathProblem } from './git-address.ts';

const hex = (min: number, max: number) =>
  fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'.split('')),
    minLength: min,
    maxLength: max,
  });

describe(gitAddressProblem, () => {
  it.each([
    'https://git.example.org/me/module.git',
    'https://git.example.org:8443/me/module',
    'https://[::1]/module',
    'ssh://git@git.example.org:22/me/module.git',
    'git@git.example.org:me/module.git',
    'file:///srv/git/module',
  ])('takes %s', (address) => {
    expect(gitAddressProblem(address)).toBeUndefined();
  });

  it.each([
    ['http://git.example.org/me/module', 'anybody on the way'],
    ['git://git.example.org/me/module', 'anybody on the way'],
    ['https://me:word@git.example.org/module', 'no credentials'],
    ['https://token@git.example.org/module', 'no credentials'],
    ['ssh://me:word@git.example.org/module', 'no credentials'],
    ['ssh://-oProxyCommand=x/module', 'must be'],
    ['ssh://me@-oProxyCommand=x/module', 'must be'],
    ['-oProxyCommand=x@host:module', 'must be'],
    ['me@host:-module', 'must be'],
    ['ext::sh -c x', 'must be'],
    ['ext::ssh://host/x', 'must be'],
    ['file://host/folder', 'file:///'],
    ['../module', 'must be'],
    ['--upload-pack=x', 'must be'],
    ['https://git.example.org/module?token=x', 'without spaces, ? and #'],
    ['https://git.example.org/', 'must be'],
    ['', 'must be'],
  ])('refuses %s', (address, why) => {
    expect(gitAddressProblem(address)).toContain(why);
  });

  it('takes nothing that git would read as an option, a helper or a secret', () => {
    const word = fc.string({
      unit: fc.constantFrom(...'a-@:/.=[]?# \\\n%é'.split('')),
      maxLength: 12,
    });
    const start = fc.constantFrom('', 'https://', 'ssh://', 'file://', 'ext::', 'a@', 'http://');
    fc.assert(
      fc.property(start, word, word, (first, second, third) => {
        const address = first + second + third;
        if (gitAddressProblem(address) != null) return;
        expect(address).not.toMatch(/^-|::(?!.*\])|[\s?#\\]|^http:|:\/\/[^/]*:[^/]*@|[/@]-[^/]*$/);
      }),
    );
  });
});

describe(gitCommitProblem, () => {
  it('takes all digits of a commit and nothing shorter, longer or named', () => {
    fc.assert(
      fc.property(hex(40, 40), hex(0, 39), hex(1, 24), (commit, short, more) => {
        expect(gitCommitProblem(commit)).toBeUndefined();
        for (const wrong of [short, commit + more, `v${short}`, commit.replace(/./, 'g')])
          expect(gitCommitProblem(wrong)).toContain('all 40');
      }),
    );
  });

  it('says why', () => {
    expect(gitCommitProblem('main')).toContain('branches and tags move');
    expect(gitCommitProblem('abc1234')).toContain('a short hash may');
  });
});

describe(gitPathProblem, () => {
  it('takes folders of the repository only', () => {
    const good = ['src', 'drivers/net', '.hidden/a..b'];
    const bad = ['', '/etc', '../x', 'a/../b', './a', 'a//b', 'a/', 'a\0b'];

    expect(good.filter(gitPathProblem)).toEqual([]);
    expect(bad.filter((path) => gitPathProblem(path) == null)).toEqual([]);
  });
});
