import { describe, expect, it } from 'vitest';
import { pathPatternProblem } from './path-pattern.ts';

describe('pathPatternProblem', () => {
  it.each(['**/*.md', 'docs/**', 'a?', 'v[0-9]+', '[CB]at', 'docs/\\[x\\].md', 'a b.txt', '**.md'])(
    'takes %s',
    (pattern) => {
      expect(pathPatternProblem(pattern)).toBeUndefined();
    },
  );

  it.each([
    ['', 'is empty'],
    ['a\nb', 'holds a control character'],
    [' docs/**', 'must not begin or end with a space'],
    ['!docs/**', 'must not begin with !: what is ignored cannot be taken back'],
    ['/docs/**', 'must not begin with /: paths start at the root as they are'],
    ['./docs/**', 'must not hold the parts . and ..'],
    ['docs/../src', 'must not hold the parts . and ..'],
    ['docs/[a-', '[ has no ]'],
    ['docs/[]', '[] holds nothing'],
    ['[z-a]', '[z-a] holds a range that is none'],
    ['+x', '+ has nothing before it that it could speak of'],
    ['*?', '? has nothing before it that it could speak of'],
    ['a\\b', '\\ stands before nothing special'],
  ])('refuses %j', (pattern, problem) => {
    expect(pathPatternProblem(pattern)).toBe(problem);
  });
});
