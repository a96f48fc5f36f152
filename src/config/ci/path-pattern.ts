/**
 * What is wrong with a pattern of paths as CI engines filter by it (`**` any folders, `*` within
 * one, `?` `+` `[]` as in GitHub's filter patterns); undefined when nothing is. A pattern that
 * takes paths back out (`!`) has no place in a list of what is ignored.
 *
 * @example pathPatternProblem('docs/[a-') // '[ has no ]'
 */
export function pathPatternProblem(pattern: string): string | undefined {
  if (pattern === '') return 'is empty';
  if (/\p{Cc}/u.test(pattern)) return 'holds a control character';
  if (pattern !== pattern.trim()) return 'must not begin or end with a space';
  if (pattern.startsWith('!')) return 'must not begin with !: what is ignored cannot be taken back';
  if (pattern.startsWith('/')) return 'must not begin with /: paths start at the root as they are';
  if (pattern.split('/').some((part) => part === '.' || part === '..'))
    return 'must not hold the parts . and ..';
  return signsProblem(pattern);
}

/** `?` and `+` speak of what stands before them; brackets come in pairs; `\` takes a sign as it is. */
function signsProblem(pattern: string): string | undefined {
  let before: 'nothing' | 'sign' | 'text' = 'nothing';
  for (let at = 0; at < pattern.length; at += 1) {
    const sign = pattern[at] ?? '';
    if (sign === '\\') {
      if (!/[[\]?+*\\!]/.test(pattern[at + 1] ?? '')) return '\\ stands before nothing special';
      at += 1;
    } else if ((sign === '?' || sign === '+') && before !== 'text') {
      return `${sign} has nothing before it that it could speak of`;
    } else if (sign === '[') {
      const set = /^\[([^\]]*)\]/.exec(pattern.slice(at));
      if (!set) return '[ has no ]';
      const problem = setProblem(set[1] ?? '');
      if (problem) return problem;
      at += (set[0]?.length ?? 1) - 1;
    }
    before = /[?+*]/.test(sign) ? 'sign' : 'text';
  }
  return undefined;
}

function setProblem(set: string): string | undefined {
  if (set === '') return '[] holds nothing';
  for (let at = 0; at < set.length; at += 1) {
    if (set[at + 1] !== '-') continue;
    const [from = '', to = ''] = [set[at], set[at + 2]];
    if (to === '' || !/^[A-Za-z0-9]{2}$/.test(from + to) || from > to)
      return `[${set}] holds a range that is none`;
    at += 2;
  }
  return /^[A-Za-z0-9_.-]+$/.test(set) ? undefined : `[${set}] holds what sets cannot hold`;
}
