import { EXCLUSIVE, type Exclusive } from './exclusive.ts';
import { type Command, readCommands } from './shell-lines.ts';
import { valueInQuotes, valueOf } from './shell-value.ts';

/** The part of a dkms.conf that can be read without running it. */
export interface DkmsConf extends Exclusive {
  name?: string;
  version?: string;
  /** Names of other DKMS modules that must be built before. */
  depends: string[];
}

const ASSIGNMENT = /^([A-Za-z_]\w*)(?:\[(\w+)\])?(\+?)=([^]*)$/;
const DECLARING = new Set(['export', 'declare', 'typeset', 'readonly', 'local']);
/** Commands that may assign anything. */
const UNTELLABLE = new Set(['.', 'source', 'eval', 'exit', 'return', 'builtin', 'command']);
/** Commands whose arguments may be names of variables that they assign. */
const ASSIGNING = new Set([
  'read',
  'mapfile',
  'readarray',
  'printf',
  'let',
  'unset',
  'getopts',
  'for',
  'select',
]);

/**
 * Reads what a dkms.conf (dkms(8)) assigns whatever happens. The file is a shell script and only a
 * shell can tell what it means in full; that is left to the builder, where foreign code belongs.
 * Here nothing is run: what is assigned under a condition, by a command or out of what is not
 * known has no value, and directives of exclusion among it are listed as `untold`.
 */
export function readDkmsConf(text: string): DkmsConf {
  const values = new Map<string, string>();
  const untold = new Set<string>();
  const commands = readCommands(text);
  for (const command of commands ?? []) perform(command, values, untold);
  if (!commands) untold.add('*');
  const told = (name: string) => {
    if (untold.has('*') || untold.has(name)) return undefined;
    const value = values.get(name)?.replace(/\r$/, '').replaceAll(/\s+/g, ' ');
    // DKMS evaluates every value once more.
    return value == null ? undefined : valueInQuotes(value, new Map());
  };
  const names = Object.entries(EXCLUSIVE);
  const hidden = names.flatMap(([, name]) => {
    const isSet = untold.has('*') || untold.has(name) || values.has(name);
    return isSet && told(name) == null ? [name] : [];
  });
  const exclusive = names.flatMap(([key, name]) => (told(name) ? [[key, told(name)]] : []));
  const depends = [...values.keys()].filter((name) => /^BUILD_DEPENDS(\[|$)/.test(name));
  return {
    name: told('PACKAGE_NAME'),
    version: told('PACKAGE_VERSION'),
    ...(Object.fromEntries(exclusive) as Exclusive),
    ...(hidden.length > 0 && { untold: hidden }),
    depends: depends.flatMap((name) => told(name) || []),
  };
}

/** Takes over what a command assigns; what cannot be followed becomes untold. */
function perform(command: Command, values: Map<string, string>, untold: Set<string>): void {
  const { words, conditional } = command;
  const [first = ''] = words;
  const declares = DECLARING.has(first);
  const isOdd = (word: string) => !/^-?\w+$|^\w+=(?!\()/.test(word);
  if (UNTELLABLE.has(first) || (declares && words.some(isOdd))) untold.add('*');
  if (ASSIGNING.has(first)) for (const word of words) untold.add(/^\w+/.exec(word)?.[0] ?? word);
  const assigned = declares ? words.slice(1) : words;
  const isAssignment = declares || words.every((word) => ASSIGNMENT.test(word));
  for (const word of isAssignment ? assigned : []) {
    const [, name = '', index, append, raw = ''] = ASSIGNMENT.exec(word) ?? [];
    if (name === '') continue;
    for (const [key, value] of assignmentsOf(name, index, raw)) {
      const told = conditional || append ? undefined : valueOf(value, values);
      if (told == null) untold.add(key);
      else untold.delete(key);
      if (told == null) values.delete(key);
      else values.set(key, told);
    }
  }
}

/** `NAME=(a b)` assigns by index; the first of an array is the variable itself. */
function assignmentsOf(name: string, index: string | undefined, raw: string): [string, string][] {
  const keyOf = (at: string | number) => (String(at) === '0' ? name : `${name}[${at}]`);
  if (!raw.startsWith('(')) return [[keyOf(index ?? 0), raw]];
  const list = readCommands(raw.slice(1, -1).replaceAll('\n', ' '))?.[0]?.words ?? [];
  return list.length > 0 ? list.map((word, at) => [keyOf(at), word]) : [[name, "''"]];
}
