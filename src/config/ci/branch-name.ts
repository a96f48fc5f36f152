/**
 * What is wrong with the name of a branch: by git's own rules (git-check-ref-format), and because
 * engines read `+`, `!` and `]` in their filters as signs; undefined when nothing is.
 *
 * @example branchNameProblem('main..x') // 'is no name of a branch: it holds ..'
 */
export function branchNameProblem(name: string): string | undefined {
  const found = RULES.find(({ wrong }) => wrong.test(name));
  return found && `is no name of a branch: it ${found.says}`;
}

const RULES = [
  { wrong: /^$/, says: 'is empty' },
  { wrong: /[\s\p{Cc}~^:?*[\\]/u, says: 'holds a space or one of ~ ^ : ? * [ \\' },
  { wrong: /[+!\]]/, says: 'holds + ! or ], which filters of engines read as signs' },
  { wrong: /["$]/, says: 'holds " or $, which conditions of engines read as signs' },
  { wrong: /\.\./, says: 'holds ..' },
  { wrong: /@\{|^@$/, says: 'holds @{ or is @' },
  { wrong: /^[-/]|\/\/|\/$/, says: 'begins with - or /, ends with / or holds //' },
  { wrong: /(?:^|\/)\./, says: 'has a part that begins with .' },
  { wrong: /\.(?:lock)?(?:\/|$)/, says: 'has a part that ends with . or .lock' },
  { wrong: /^refs\//, says: 'begins with refs/: leave that out' },
  { wrong: /^.{200}/su, says: 'is longer than 199 characters' },
];
