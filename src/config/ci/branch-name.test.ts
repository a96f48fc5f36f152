import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { branchNameProblem } from './branch-name.ts';

/** What git itself says. */
function gitTakes(name: string): boolean {
  try {
    execFileSync('git', ['check-ref-format', '--branch', name], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('branchNameProblem', () => {
  it.each(['main', 'release/44', 'a.b', 'ünï', 'x@y', 'v1-2_3'])(
    'takes %s, as git does',
    (name) => {
      expect(gitTakes(name)).toBe(true);
      expect(branchNameProblem(name)).toBeUndefined();
    },
  );

  it.each([
    '',
    'a b',
    'a~1',
    'a^',
    'a:b',
    'a?',
    'a*',
    'a[b',
    'a\\b',
    'a..b',
    'a@{b',
    '-a',
    '/a',
    'a/',
    'a//b',
    '.a',
    'a/.b',
    'a.',
    'a.lock',
    'a.lock/b',
    'a\nb',
    'a\u007f',
  ])('refuses %j, as git does', (name) => {
    expect(gitTakes(name)).toBe(false);
    expect(branchNameProblem(name)).toMatch(/^is no name of a branch: it /);
  });

  it.each(['a+b', '!a', 'a"b', '${{github.actor}}', 'a]', 'refs/heads/main', 'a'.repeat(200)])(
    'refuses %s, which engines would not take as it is',
    (name) => {
      expect(branchNameProblem(name)).toMatch(/^is no name of a branch: it /);
    },
  );
});
