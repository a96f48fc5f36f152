const CLASSES: Record<string, string> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  digit: '0-9',
  lower: 'a-z',
  upper: 'A-Z',
  xdigit: '0-9A-Fa-f',
  space: '\\s',
  punct: '!-\\/:-@\\[-`{-~',
};

/** What means the same to regcomp(3) and to JavaScript, but for classes in brackets. */
const COMMON =
  /^(?:[\w\s~:,;<>=@%&'"`/#!-]|[.*+?|()^$]|\{\d+(?:,\d*)?\}|\\[.*+?|()[\]{}^$\\/-]|\[\^?\]?(?:\[:[a-z]+:\]|[^[\]])*\])*$/;

/**
 * The extended regular expression of POSIX as bash matches it with `=~`, unanchored; undefined
 * for one that JavaScript would read otherwise or not at all.
 */
export function extendedRegExp(pattern: string): RegExp | undefined {
  if (!COMMON.test(pattern) || /\(\?|(?:^|[(|])[*+?{]|[*+?}][*+?{]/.test(pattern)) return undefined;
  const translated = pattern.replaceAll(/\\[^]|\[(\^?)(\]?(?:\[:[a-z]+:\]|[^[\]])*)\]/g, bracketed);
  try {
    return new RegExp(translated);
  } catch {
    return undefined;
  }
}

/** A backslash stands for itself in brackets. */
function bracketed(piece: string, not: string | undefined, members: string | undefined): string {
  if (members == null) return piece;
  const escaped = members
    .replaceAll(/\\|\]/g, (one, at: number) =>
      one === ']' && members.slice(0, at).endsWith(':') ? one : `\\${one}`,
    )
    .replaceAll(/\[:([a-z]+):\]/g, (_all, name: string) => CLASSES[name] ?? '');
  return `[${not ?? ''}${escaped}]`;
}
