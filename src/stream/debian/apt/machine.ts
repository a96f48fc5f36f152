import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runOk } from '../../../system/process.ts';
import { requireProgram } from '../../../system/program.ts';
import { type AptSource, parseDeb822Sources, parseOneLineSources } from './sources.ts';

/** What the machine's own apt is configured with; read only. */
export interface MachineApt {
  architecture: string;
  sources: AptSource[];
  /** Lines of apt.conf(5) that reach servers: proxies, certificates, timeouts, credentials. */
  network: string[];
}

/** Files of apt's configuration by the name that the shell form gives them. */
const PLACES = {
  LIST: 'Dir::Etc::sourcelist/f',
  PARTS: 'Dir::Etc::sourceparts/d',
  NETRC: 'Dir::Etc::netrc/f',
  NETRCPARTS: 'Dir::Etc::netrcparts/d',
  TRUSTED: 'Dir::Etc::trusted/f',
  TRUSTEDPARTS: 'Dir::Etc::trustedparts/d',
};

/** Kept as they are, so that a private apt finds credentials and keys where the machine's does. */
const KEPT_PLACES = ['NETRC', 'NETRCPARTS', 'TRUSTED', 'TRUSTEDPARTS'] as const;

/** Decided by lockstep itself: what is listed, how indexes lie on disk, that signatures count. */
const OWN =
  /^Acquire::(IndexTargets|Changelogs|Languages|GzipIndexes|CompressionTypes|Allow\w*)\b/i;

/** Reads sources and settings of the apt of this machine (`APT_CONFIG` is respected). */
export async function readMachineApt(env: NodeJS.ProcessEnv): Promise<MachineApt> {
  const aptConfig = requireProgram('apt-config', env);
  const [dump, shell] = await Promise.all([
    runOk(aptConfig, ['dump'], { env }),
    runOk(aptConfig, ['shell', ...Object.entries(PLACES).flat()], { env }),
  ]);
  const places = parseShell(shell.stdout);
  const kept = KEPT_PLACES.filter((name) => places[name]).map(
    (name) => `${PLACES[name].slice(0, -2)} "${places[name]}";`,
  );
  return {
    architecture: /^APT::Architecture "(.*)";$/m.exec(dump.stdout)?.[1] ?? 'amd64',
    sources: await readSources(places.LIST, places.PARTS),
    network: [...networkSettings(dump.stdout), ...kept],
  };
}

/** The settings of `apt-config dump` that say how servers are reached. */
export function networkSettings(dump: string): string[] {
  return dump.split('\n').filter((line) => /^Acquire::.*;$/.test(line) && !OWN.test(line));
}

/** Assignments with single-quoted values, as `apt-config shell` prints them. */
function parseShell(text: string): Record<string, string | undefined> {
  const pairs = [...text.matchAll(/^(\w+)='(.*)'$/gm)];
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [name, value.replaceAll(`'\\''`, "'")]),
  );
}

async function readSources(list: string | undefined, parts: string | undefined) {
  const names = parts ? await readdir(parts).catch(() => []) : [];
  const files = names.sort().map((name) => join(parts ?? '', name));
  const found: AptSource[] = list ? parseOneLineSources(await textOf(list)) : [];
  for (const file of files) {
    if (file.endsWith('.list')) found.push(...parseOneLineSources(await textOf(file)));
    if (file.endsWith('.sources')) found.push(...parseDeb822Sources(await textOf(file)));
  }
  return found;
}

/** A sources file that is not there or not readable lists nothing, as for apt itself. */
function textOf(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
