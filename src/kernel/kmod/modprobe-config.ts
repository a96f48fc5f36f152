import { configLines, configWords } from './config-lines.ts';

/** A line of `modprobe.d`, or a word of the kernel's command line. */
export interface ModprobeCommand {
  /** For `install`, `softdep` and `alias` a pattern as of fnmatch(3). */
  name: string;
  /** What stands behind the name. */
  value: string;
  file: string;
  /** Absent for the command line. */
  line?: number;
}

/** What `modprobe.d` and the command line say (modprobe.d(5)), each kind in the order of reading. */
export interface ModprobeConfig {
  alias: ModprobeCommand[];
  blacklist: ModprobeCommand[];
  install: ModprobeCommand[];
  options: ModprobeCommand[];
  softdep: ModprobeCommand[];
  /** `module_blacklist=`: what the kernel itself refuses. */
  refused: ModprobeCommand[];
}

const KINDS = ['alias', 'blacklist', 'install', 'options', 'softdep'] as const;

/** Reads files of `modprobe.d` in their order, then command lines (kmod: libkmod-config.c). */
export function readModprobeConfig(
  files: readonly { path: string; text: string }[],
  commandLines: readonly { path: string; text: string }[] = [],
): ModprobeConfig {
  const config: ModprobeConfig = {
    alias: [],
    blacklist: [],
    install: [],
    options: [],
    softdep: [],
    refused: [],
  };
  for (const { path, text } of files)
    for (const { number, text: line } of configLines(text)) addLine(config, line, { path, number });
  for (const { path, text } of commandLines)
    for (const word of kernelArguments(text)) addArgument(config, word, path);
  return config;
}

function addLine(
  config: ModprobeConfig,
  line: string,
  { path, number }: { path: string; number: number },
): void {
  const [word, name, ...rest] = configWords(line);
  const kind = KINDS.find((one) => one === word);
  if (!kind || !name || (kind !== 'blacklist' && rest.length === 0)) return;
  const value = line.trimStart().slice(line.trimStart().indexOf(name, kind.length) + name.length);
  config[kind].push({ name: withUnderscores(name), value: value.trim(), file: path, line: number });
}

/** `MODULE.PARAMETER=VALUE`, `modprobe.blacklist=` and `module_blacklist=`. */
function addArgument(config: ModprobeConfig, word: string, file: string): void {
  const [, list] = /^modprobe\.blacklist=(.*)$/.exec(word) ?? [];
  const [, refused] = /^module_blacklist=(.*)$/.exec(word) ?? [];
  const [, module, option] = /^([^.=]+)\.(.+)$/.exec(word) ?? [];
  const names = (text: string) => text.split(',').filter(Boolean);
  if (refused != null) {
    config.refused.push(...names(refused).map((name) => ({ name, value: '', file })));
  } else if (list != null) {
    config.blacklist.push(
      ...names(list).map((name) => ({ name: withUnderscores(name), value: '', file })),
    );
  } else if (module && option) {
    config.options.push({ name: withUnderscores(module), value: option, file });
  }
}

/** The words of a kernel's command line or of a module's options; quotes keep blanks together. */
export function kernelArguments(text: string): string[] {
  return text.match(/(?:"[^"]*"?|[^\s"])+/g) ?? [];
}

/** True where fnmatch(3) says so, without flags. */
export function matchesName(pattern: string, name: string): boolean {
  const source = pattern.replace(/\[!?[^\]]+\]|[^\w]/g, (part) => {
    if (part === '*') return '.*';
    if (part === '?') return '.';
    if (part.length > 1) return part.replace(/^\[!/, '[^').replaceAll('\\', '\\\\');
    return `\\${part}`;
  });
  try {
    return new RegExp(`^${source}$`, 's').test(name);
  } catch {
    return pattern === name;
  }
}

/** kmod takes `-` and `_` in names for the same, but between brackets. */
function withUnderscores(name: string): string {
  return name.replace(/\[[^\]]*\]|-/g, (part) => (part === '-' ? '_' : part));
}
