/** Options of every command that may stand before its name, and whether a value follows. */
const LEADING: Record<string, 'value' | 'flag'> = {
  '-C': 'value',
  '--config': 'value',
  '--json': 'flag',
  '-q': 'flag',
  '--quiet': 'flag',
  '-v': 'flag',
  '--verbose': 'flag',
};

/**
 * Arguments as commands take them: what stands before the name of the command goes behind its own
 * options, and `help NAME` is `NAME --help`.
 *
 * @example orderArguments(['-C', 'DIR', 'status']) // ['status', '-C', 'DIR']
 */
export function orderArguments(args: readonly string[]): string[] {
  const count = leadingCount(args);
  const [first, ...rest] = args.slice(count);
  const leading = args.slice(0, count);
  if (first == null) return [...args];
  if (first === 'help' && rest.length > 0) return [...rest, '--help'];
  if (first.startsWith('-')) return [...args];
  const end = rest.indexOf('--');
  const own = end < 0 ? rest : rest.slice(0, end);
  return [first, ...own, ...leading, ...rest.slice(own.length)];
}

function leadingCount(args: readonly string[]): number {
  let count = 0;
  for (let kind = kindOf(args[0]); kind != null; kind = kindOf(args[count])) {
    count += kind === 'value' ? 2 : 1;
  }
  return Math.min(count, args.length);
}

/** `-CDIR` and `--config=FILE` bring their value along. */
function kindOf(argument = ''): 'value' | 'flag' | undefined {
  if (/^-C.|^--config=/.test(argument)) return 'flag';
  return Object.hasOwn(LEADING, argument) ? LEADING[argument] : undefined;
}
