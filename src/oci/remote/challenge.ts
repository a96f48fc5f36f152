/** One way of logging in that a server offers (RFC 9110, 11.6.1). */
export interface Challenge {
  /** Lower-case: `basic`, `bearer`. */
  scheme: string;
  parameters: Record<string, string>;
}

const SCHEME = /\s*([A-Za-z][\w-]*)(?:\s+|$|(?=,))/y;
const PARAMETER = /\s*([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)/y;

/** Reads a `WWW-Authenticate` header; stops where it does not understand it. */
export function parseChallenges(header: string): Challenge[] {
  const challenges: Challenge[] = [];
  let at = 0;
  while (at < header.length && challenges.length < 10) {
    const scheme = matchAt(SCHEME, header, at);
    if (!scheme) break;
    at += scheme[0].length;
    const challenge: Challenge = { scheme: (scheme[1] ?? '').toLowerCase(), parameters: {} };
    for (
      let found = matchAt(PARAMETER, header, at);
      found;
      found = matchAt(PARAMETER, header, at)
    ) {
      at += found[0].length;
      const value = found[2]?.replace(/\\(.)/g, '$1') ?? found[3] ?? '';
      challenge.parameters[(found[1] ?? '').toLowerCase()] = value;
    }
    challenges.push(challenge);
    if (header[at] === ',') at += 1;
  }
  return challenges;
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
