import { LockstepError } from '../system/error.ts';

/**
 * Tells whether paths match a pattern: `*` and `?` within a name, `**` across folders, `[a-z]`,
 * `{one,other}`, `\` before a plain character. A pattern without a slash is of names anywhere.
 * Throws `usage` for brackets that do not close.
 *
 * @example globMatcher('boot/vmlinuz-*')('boot/vmlinuz-6.1.0') === true
 */
export function globMatcher(pattern: string): (path: string) => boolean {
  const clean = pattern.replace(/^\/+|\/+$/g, '');
  const anywhere = clean.includes('/') ? '' : '(?:.*/)?';
  const expression = new RegExp(`^${anywhere}${translate(clean, pattern)}$`, 's');
  return (path) => expression.test(path);
}

/** True when a pattern names exactly one path. */
export function isLiteral(pattern: string): boolean {
  return !/[*?[\]{}\\]/.test(pattern);
}

/** The folders that a pattern begins with before its first wildcard: `usr/lib` of `usr/lib/*.so`. */
export function literalPrefix(pattern: string): string {
  const parts = pattern.replace(/^\/+/, '').split('/').slice(0, -1);
  const wild = parts.findIndex((part) => !isLiteral(part));
  return (wild < 0 ? parts : parts.slice(0, wild)).join('/');
}

const TOKEN = /\*\*\/|\*\*|\*|\?|\[[!^]?\]?[^\]/]*\]|\\.|[{},]|[\s\S]/g;

function translate(glob: string, pattern: string): string {
  let depth = 0;
  const parts = (glob.match(TOKEN) ?? []).map((token) => {
    if (token === '**/') return '(?:.*/)?';
    if (token === '**') return '.*';
    if (token === '*') return '[^/]*';
    if (token === '?') return '[^/]';
    if (token === '{') {
      depth++;
      return '(?:';
    }
    if (token === '}' && depth > 0) {
      depth--;
      return ')';
    }
    if (token === ',' && depth > 0) return '|';
    if (token.length > 1 && token.startsWith('[')) return bracket(token);
    if (token === '[') throw unclosed(pattern);
    return (token.length > 1 ? token.slice(1) : token).replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  });
  if (depth > 0) throw unclosed(pattern);
  return parts.join('');
}

function bracket(token: string): string {
  const negated = /^\[[!^]/.test(token);
  const inside = token.slice(negated ? 2 : 1, -1).replace(/[\\\]^]/g, '\\$&');
  return negated ? `[^/${inside}]` : `[${inside}]`;
}

function unclosed(pattern: string): LockstepError {
  return new LockstepError(
    'usage',
    `pattern ${JSON.stringify(pattern)} has a bracket that does not close`,
  );
}
