/**
 * Reads JSON that nobody can read in another way: a member that stands twice in an object makes
 * readers disagree, so it is refused like a wrong byte (containers-image reads signed claims and
 * policies with its "paranoid" decoder). Throws `SyntaxError`.
 */
export function parseStrictJson(bytes: Uint8Array | string): unknown {
  const text = typeof bytes === 'string' ? bytes : decode(bytes);
  const value: unknown = LARGE.test(text) ? JSON.parse(text, refuseLarge) : JSON.parse(text);
  const twice = doubledMember(text);
  if (twice == null) return value;
  throw new SyntaxError(`the member ${JSON.stringify(twice)} stands twice`);
}

/** The value in these bytes; undefined for what is not strict JSON. */
export function tryStrictJson(bytes: Uint8Array | string): unknown {
  try {
    return parseStrictJson(bytes);
  } catch {
    return undefined;
  }
}

/** What a number may look like that is too large for one. */
const LARGE = /[eE]\+?\d{3}|\d{300}/;

/** JavaScript reads such a number as infinite, Go not at all. */
function refuseLarge(_: string, value: unknown): unknown {
  if (value === Infinity || value === -Infinity) throw new SyntaxError('a number is too large');
  return value;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** The first member that its object has twice, in a text that is JSON. */
function doubledMember(text: string): string | undefined {
  const open: Set<string>[] = [];
  let last = '';
  for (const [token] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (token === ':') {
      const name = nameOf(last);
      const members = open.at(-1);
      // `__proto__` is a name that objects of JavaScript do not keep like others.
      if (members?.has(name) || name === '__proto__') return name;
      members?.add(name);
    }
    last = token;
  }
  return undefined;
}

/** Half of a surrogate pair is read as U+FFFD elsewhere, whichever half it is. */
function nameOf(token: string): string {
  return (JSON.parse(token) as string).toWellFormed();
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new SyntaxError('it is not UTF-8');
  }
}
