/** Bodies of macros by name; undefined for one whose body only rpmbuild can tell. */
export type Macros = Map<string, string | undefined>;

/** Macros of the platform: whether they are defined is for the builder to tell. */
const PLATFORM =
  /^(?:dist|fedora|rhel|centos|epel|suse_version|el\d+|fc\d+|kernels?|with(?:out)?_\w+|_\w+)$/;

/** `%(c=%{commit}; echo ${c:0:7})`, which every guideline has for the start of a commit's hash. */
const SHORTENED = /^c=%\{\??(\w+)\}; *echo \$\{c:0:(\d+)\}$/;

/** How deep macros may lie in each other. */
const DEPTH = 16;

/** How many macros one text may come to, and how many characters: they may multiply each other. */
const EXPANSIONS = 10_000;
const LONGEST = 1 << 16;

/**
 * Expands the macros of a text as rpm does, where their bodies are known. Nothing is run: of
 * shell, Lua and expressions, and of macros that the builder defines, nothing is guessed, and the
 * answer is undefined.
 */
export function expand(text: string, macros: Macros): string | undefined {
  return expandIn(text, { macros, depth: 0, budget: { left: EXPANSIONS } });
}

function expandIn(text: string, within: Within): string | undefined {
  if (within.depth > DEPTH) return undefined;
  let done = '';
  let at = 0;
  while (at < text.length) {
    const next = text.indexOf('%', at);
    if (next < 0) return done + text.slice(at);
    within.budget.left -= 1;
    if (within.budget.left < 0 || done.length > LONGEST) return undefined;
    const { value, end } = expandAt(text, next, within);
    if (value === undefined) return undefined;
    done += text.slice(at, next) + value;
    at = end;
  }
  return done;
}

interface Within {
  macros: Macros;
  depth: number;
  /** Shared by all that one text expands to. */
  budget: { left: number };
}

interface Expanded {
  value: string | undefined;
  /** Where the text goes on. */
  end: number;
}

function expandAt(text: string, at: number, within: Within): Expanded {
  const unknown = { value: undefined, end: text.length };
  const kind = text[at + 1] ?? '';
  if (kind === '%') return { value: '%', end: at + 2 };
  if (kind === '{' || kind === '(') {
    const end = closing(text, at + 1);
    if (end < 0) return unknown;
    const inside = text.slice(at + 2, end);
    const value = kind === '{' ? expandBraces(inside, within) : shortened(inside, within);
    return { value, end: end + 1 };
  }
  const [name] = /^[A-Za-z_]\w*/.exec(text.slice(at + 1)) ?? [];
  return name ? { value: bodyOf(name, within), end: at + 1 + name.length } : unknown;
}

/** The place of the bracket that closes the one here; -1 when none does. */
function closing(text: string, at: number): number {
  const open = text[at] ?? '';
  const close = open === '{' ? '}' : ')';
  let depth = 0;
  for (let place = at; place < text.length; place += 1) {
    if (text[place] === open) depth += 1;
    if (text[place] === close) depth -= 1;
    if (depth === 0) return place;
  }
  return -1;
}

/** `name`, `?name`, `?name:text`, `!?name:text`. */
function expandBraces(inside: string, within: Within): string | undefined {
  const [whole, flags = '', name = '', text] = /^([!?]*)(\w+)(?::(.*))?$/s.exec(inside) ?? [];
  if (whole == null) return undefined;
  if (!flags.includes('?')) return text == null && flags === '' ? bodyOf(name, within) : undefined;
  const { macros } = within;
  if (!macros.has(name) && PLATFORM.test(name)) return undefined;
  if (macros.has(name) && macros.get(name) == null) return undefined;
  const isNegated = flags.split('!').length % 2 === 0;
  if (macros.has(name) === isNegated) return '';
  if (text != null) return expandIn(text, deeper(within));
  return isNegated ? '' : bodyOf(name, within);
}

function bodyOf(name: string, within: Within): string | undefined {
  const body = within.macros.get(name);
  return body == null ? undefined : expandIn(body, deeper(within));
}

function deeper(within: Within): Within {
  return { ...within, depth: within.depth + 1 };
}

function shortened(inside: string, within: Within): string | undefined {
  const [, name = '', length] = SHORTENED.exec(inside) ?? [];
  return bodyOf(name, within)?.slice(0, Number(length));
}
