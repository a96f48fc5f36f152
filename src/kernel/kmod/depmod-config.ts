import { configLines, configWords } from './config-lines.ts';

/** What `depmod.d` says for one kernel (depmod.d(5)). */
export interface DepmodConfig {
  /** Folders below that of the kernel, `built-in`, and in place of `external` each of `externals`. */
  search: readonly string[];
  /** `FOLDER/MODULE` of each `override` that is for the kernel, in the order in which they count. */
  overrides: readonly string[];
  /** Absolute paths of folders outside of that of the kernel. */
  externals: readonly string[];
  /** Names of folders into which depmod does not look, wherever they stand. */
  excludes: ReadonlySet<string>;
}

const BUILT_IN = 'built-in';
const ALWAYS_EXCLUDED = ['build', 'source'];

/**
 * Reads files of `depmod.d` in their order (kmod: tools/depmod.c). Commands that kmod does not
 * know, `make_map_files` and `include` among them, are passed over, as it does.
 */
export function readDepmodConfig(texts: readonly string[], release: string): DepmodConfig {
  const search: string[] = [];
  const overrides: string[] = [];
  const externals: string[] = [];
  const excludes = new Set(ALWAYS_EXCLUDED);
  for (const { text } of texts.flatMap(configLines)) {
    const [command, ...words] = configWords(text);
    const [first, second, third] = words;
    if (command === 'search') search.push(...words);
    if (command === 'exclude' && first) excludes.add(first);
    if (command === 'external' && first && second && isFor(release, first)) externals.push(second);
    if (command === 'override' && first && second && third && isFor(release, second))
      overrides.unshift(`${third}/${first}`);
  }
  const order = search.length > 0 ? search : ['updates'];
  return {
    search: order.flatMap((folder) => (folder === 'external' ? externals : [folder])),
    overrides,
    externals,
    excludes,
  };
}

/**
 * Whether depmod drops the file `before` of a module when it meets `next`, another one of it
 * (`depmod_module_is_higher_priority`). Paths are from the folder of the kernel, or absolute.
 */
export function takesOver(config: DepmodConfig, next: string, before: string): boolean {
  for (const override of config.overrides) {
    if (stemOf(next) === override) return true;
    if (stemOf(before) === override) return false;
  }
  const rank = { next: -1, before: -1, builtIn: -1 };
  for (const [at, folder] of config.search.toReversed().entries()) {
    if (folder === BUILT_IN) rank.builtIn = at;
    // A folder of both counts for one of them only: such two are not told apart.
    else if (next.startsWith(`${folder}/`)) rank.next = at;
    else if (before.startsWith(`${folder}/`)) rank.before = at;
  }
  const nextRank = rank.next < 0 ? rank.builtIn : rank.next;
  return nextRank > (rank.before < 0 ? rank.builtIn : rank.before);
}

/** Of several files of one module the one that depmod takes in whatever order it meets them. */
export function winnerOf(config: DepmodConfig, paths: readonly string[]): string | undefined {
  return paths.find((path) =>
    paths.every(
      (other) =>
        other === path || (takesOver(config, path, other) && !takesOver(config, other, path)),
    ),
  );
}

function stemOf(path: string): string {
  return path.replace(/\.ko(\.\w+)?$/, '');
}

/** `*`, or a POSIX extended regular expression that fits somewhere; a broken one fits nothing. */
function isFor(release: string, pattern: string): boolean {
  if (pattern === '*') return true;
  try {
    return new RegExp(pattern.replace(/\[:(\w+):\]/g, posixClass)).test(release);
  } catch {
    return false;
  }
}

function posixClass(_: string, name: string): string {
  const classes: Record<string, string> = {
    alpha: 'A-Za-z',
    digit: '0-9',
    alnum: 'A-Za-z0-9',
    upper: 'A-Z',
    lower: 'a-z',
    xdigit: '0-9A-Fa-f',
    space: '\\s',
    blank: ' \\t',
    punct: '!-\\/:-@\\[-`{-~',
  };
  return classes[name] ?? '';
}
