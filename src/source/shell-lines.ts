/** A simple command of a script: its words as written, and whether it runs whatever happens. */
export interface Command {
  words: string[];
  /** True in `if`, loops, functions, subshells, pipes, and behind `&&` and `||`. */
  conditional: boolean;
}

/** Reserved words after which a command begins, by what they do to the nesting. */
const OPENS = new Set(['if', 'while', 'until', 'for', 'select', 'case', '{', 'function']);
const CLOSES = new Set(['fi', 'done', 'esac', '}']);
const GOES_ON = new Set(['then', 'else', 'elif', 'do', '!', 'time', 'in']);

const OPERATOR = /^(?:\|\||&&|;;&|;;|;&|\||;|\n|\(|\)|&(?![>]))/;
const REDIRECTION = /^\d*(?:&>>?|<<<|<>|>\||>>|[<>]&|[<>])/;

/**
 * Takes a bash script apart into its simple commands, without running anything. Undefined for what
 * it cannot follow (here documents, arithmetic, quotes that never end): only a shell can tell then.
 */
export function readCommands(text: string): Command[] | undefined {
  const commands: Command[] = [];
  const open: string[] = [];
  let words: string[] = [];
  let before = '\n';
  let rest = text.replaceAll('\r\n', '\n');
  let list = 0;
  const end = (operator: string) => {
    const conditional = open.length > 0 || /^(?:&&|\|\|?)$/.test(before) || operator === '|';
    if (words.length > 0) commands.push({ words, conditional });
    // A list that runs beside the script, with all that is joined in it, assigns nothing.
    if (operator === '&') for (const one of commands.slice(list)) one.conditional = true;
    if (!/^(?:&&|\|\|?)$/.test(operator)) list = commands.length;
    words = [];
    before = operator;
  };
  while ((rest = rest.replace(/^(?:[ \t\r]+|\\\n|#[^\n]*)+/, '')) !== '') {
    if (/^\d*<<(?!<)|^\(\(/.test(rest)) return undefined;
    const operator = OPERATOR.exec(rest)?.[0];
    const redirection = REDIRECTION.exec(rest)?.[0];
    if (operator) {
      end(operator);
      if (operator === '(') open.push('(');
      if (operator === ')' && open.at(-1) === '(') open.pop();
      rest = rest.slice(operator.length);
      continue;
    }
    if (redirection) rest = rest.slice(redirection.length).replace(/^[ \t]+/, '');
    const word = redirection && rest.startsWith('\n') ? undefined : readWord(rest);
    if (!word) return undefined;
    rest = rest.slice(word.length);
    if (redirection) continue;
    if (words.length > 0) {
      if (words[0] !== 'case' || word !== 'in') words.push(word);
      else end('\n');
    } else if (word === '[[') {
      const test = /^[^\n]*?\s\]\](?=[\s;&|)]|$)/.exec(rest)?.[0];
      if (test == null) return undefined;
      rest = rest.slice(test.length);
    } else if (CLOSES.has(word)) {
      if (open.pop() == null) return undefined;
    } else if (OPENS.has(word)) {
      if (word !== 'function') open.push(word);
      if (word !== 'if' && word !== 'while' && word !== 'until' && word !== '{') words.push(word);
    } else if (!GOES_ON.has(word)) words.push(word);
  }
  end('\n');
  return open.length > 0 ? undefined : commands;
}

const PLAIN = /^(?:[^\s'"`$\\;&|<>()]|\$(?![({'"])|\\[^])+/;

/** The word that a text begins with, quotes and all; undefined when it has no end. */
function readWord(text: string): string | undefined {
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const array = at > 0 && text[at - 1] === '=' && rest[0] === '(';
    const length = PLAIN.exec(rest)?.[0].length ?? lengthOfQuoted(rest, array);
    if (length == null) return undefined;
    if (length === 0) break;
    at += length;
  }
  return at > 0 ? text.slice(0, at) : undefined;
}

/** How long the quotation or expansion is that a text begins with: 0 for none, undefined without an end. */
export function lengthOfQuoted(text: string, array = false): number | undefined {
  if (text[0] === "'") return lengthOf(/^'[^']*'/, text);
  if (text.startsWith("$'")) return lengthOf(/^\$'(?:[^'\\]|\\[^])*'/, text);
  if (text[0] === '`') return lengthOf(/^`(?:[^`\\]|\\[^])*`/, text);
  if (text[0] === '"') return lengthUntil(text, 1, '"');
  if (text.startsWith('$"')) return lengthUntil(text, 2, '"');
  if (text.startsWith('$(')) return lengthUntil(text, 2, ')');
  if (text.startsWith('${')) return lengthUntil(text, 2, '}');
  return array ? lengthUntil(text, 1, ')') : 0;
}

function lengthOf(pattern: RegExp, text: string): number | undefined {
  return pattern.exec(text)?.[0].length;
}

function lengthUntil(text: string, from: number, close: string): number | undefined {
  for (let at = from; at < text.length; ) {
    if (text[at] === close) return at + 1;
    const skipped = text[at] === '\\' ? 2 : lengthInside(text, at, close);
    if (skipped == null) return undefined;
    at += skipped;
  }
  return undefined;
}

function lengthInside(text: string, at: number, close: string): number | undefined {
  const rest = text.slice(at);
  if (close === '"' && (rest[0] === "'" || rest[0] === '"')) return 1;
  if (close === ')' && rest[0] === '(') return lengthUntil(rest, 1, ')');
  if (close === ')' && /^[\s;&|]#/.test(rest))
    return rest.indexOf('\n', 1) < 0 ? undefined : rest.indexOf('\n', 1);
  const quoted = lengthOfQuoted(rest);
  return quoted === 0 ? 1 : quoted;
}
