import { lengthOfQuoted } from './shell-lines.ts';

/** Values of variables that are known; the others only a shell can tell. */
export type Variables = ReadonlyMap<string, string>;

const EXPANSIONS = '\\$\\{([A-Za-z_]\\w*)\\}|\\$([A-Za-z_]\\w*)|(\\$(?=[({\\d@*#?!$-])|[`"])';
const IN_QUOTES = new RegExp(`\\\\([\\\\$\`"\\n])|${EXPANSIONS}`, 'g');
const UNQUOTED = new RegExp(`\\\\([^])|${EXPANSIONS}`, 'g');

/** What a word comes to, its quotes taken off; undefined when only a shell can tell. */
export function valueOf(word: string, known: Variables): string | undefined {
  let value = '';
  for (let at = 0; at < word.length; ) {
    const rest = word.slice(at);
    const length = /^["']/.test(rest)
      ? lengthOfQuoted(rest)
      : /^(?:[^'"\\]|\\[^])+/.exec(rest)?.[0].length;
    const part = length && partOf(rest.slice(0, length), known);
    if (!length || part == null) return undefined;
    value += part;
    at += length;
  }
  return /^[(~]/.test(word) ? undefined : value;
}

function partOf(part: string, known: Variables): string | undefined {
  if (part[0] === "'") return part.slice(1, -1);
  return part[0] === '"' ? valueInQuotes(part.slice(1, -1), known) : filled(part, known, UNQUOTED);
}

/** What a text comes to in double quotes; undefined when only a shell can tell. */
export function valueInQuotes(text: string, known: Variables): string | undefined {
  return filled(text, known, IN_QUOTES);
}

function filled(text: string, known: Variables, pieces: RegExp): string | undefined {
  let told = true;
  const value = text.replaceAll(pieces, (_piece, escaped, braced, named) => {
    if (escaped != null) return escaped === '\n' ? '' : String(escaped);
    const found = known.get(String(braced ?? named));
    told &&= found != null;
    return found ?? '';
  });
  return told ? value : undefined;
}
