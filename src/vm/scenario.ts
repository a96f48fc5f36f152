import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { LockstepError } from '../system/error.ts';
import { PACKAGE_ROOT } from '../system/package-root.ts';

/** What a guest is to do, and what it needs for that. */
export interface Scenario {
  name: string;
  summary: string;
  /** Path of the file. */
  path: string;
  /** The shell script. */
  script: string;
  /** How many spare disks, and their size in bytes. */
  disks: number;
  diskSize: number;
  /** Devices of QEMU that the guest's machine gets, by their names there. */
  devices: string[];
  /** Bytes of memory. */
  memory: number;
  /** Milliseconds until the guest is ended; until it is ended because it says nothing. */
  deadline: number;
  silence: number;
}

/** The scenarios that come with lockstep. */
export const OWN_SCENARIOS: string = join(PACKAGE_ROOT, 'scenarios');

/** The parts of the guest that are the same for each scenario. */
export const GUEST_PARTS: string = join(OWN_SCENARIOS, 'guest');

const NAME = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MARK = '#lockstep ';
const SECOND = 1000;
const GIB = 2 ** 30;

/**
 * Finds a scenario by name: the first of the folders that has `NAME.sh`, then lockstep's own.
 * Throws `not-found` with the names that there are, and `config` for a bad header.
 */
export async function findScenario(name: string, folders: readonly string[]): Promise<Scenario> {
  if (!NAME.test(name)) throw new LockstepError('usage', `not a scenario's name: ${name}`);
  const places = [...folders, OWN_SCENARIOS];
  for (const folder of places) {
    const path = join(folder, `${name}.sh`);
    const script = await readFile(path, 'utf8').catch(ignoreAbsence);
    if (script !== undefined) return parseScenario(name, path, script);
  }
  const known = [...new Set((await Promise.all(places.map(namesIn))).flat())].sort();
  throw new LockstepError('not-found', `there is no scenario ${name}`, {
    context: { scenario: name },
    hint: `known are ${known.join(', ')}; a file scenarios/${name}.sh of the project adds it`,
  });
}

/** Reads a scenario's `#lockstep KEY VALUE` lines; throws `config` with the line. */
export function parseScenario(name: string, path: string, script: string): Scenario {
  const scenario: Scenario = {
    name,
    summary: '',
    path,
    script,
    disks: 0,
    diskSize: GIB,
    devices: [],
    memory: GIB,
    deadline: 300 * SECOND,
    silence: 60 * SECOND,
  };
  let versioned = false;
  for (const [index, line] of script.split('\n').entries()) {
    if (!line.startsWith(MARK)) continue;
    const [key = '', ...rest] = line.slice(MARK.length).trim().split(/\s+/);
    const value = rest.join(' ');
    const bad = (what: string) =>
      new LockstepError('config', `${path}:${index + 1}: ${what}`, {
        context: { path },
        places: [{ file: path, line: index + 1, column: 1, message: what }],
      });
    if (key === 'version' && value !== '1') throw bad(`version ${value} is not known, 1 is`);
    versioned ||= key === 'version';
    if (!applyHeader(scenario, key, value)) throw bad(`cannot be read: ${key} ${value}`);
  }
  if (versioned) return scenario;
  const message = `the line "${MARK}version 1" is missing`;
  throw new LockstepError('config', `${path}: ${message}`, {
    places: [{ file: path, line: 1, column: 1, message }],
  });
}

/** False when the key is not known or the value does not fit it. */
function applyHeader(scenario: Scenario, key: string, value: string): boolean {
  if (key === 'version') return true;
  if (key === 'summary') return (scenario.summary = value) !== '';
  if (key === 'disks') return put(scenario, 'disks', /^\d$/.test(value) ? Number(value) : NaN);
  if (key === 'disk-size') return put(scenario, 'diskSize', parseSize(value));
  if (key === 'device')
    return /^[A-Za-z0-9][\w.-]*$/.test(value) && scenario.devices.push(value) > 0;
  if (key === 'memory') return put(scenario, 'memory', parseSize(value));
  if (key === 'deadline') return put(scenario, 'deadline', parseDuration(value));
  if (key === 'silence') return put(scenario, 'silence', parseDuration(value));
  return false;
}

type Quantity = 'disks' | 'diskSize' | 'memory' | 'deadline' | 'silence';

function put(scenario: Scenario, key: Quantity, value: number): boolean {
  scenario[key] = value;
  return Number.isSafeInteger(value);
}

function parseSize(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([MG])$/.exec(text) ?? [];
  return Number(count) * (unit === 'G' ? GIB : 2 ** 20);
}

function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,4})([sm])$/.exec(text) ?? [];
  return Number(count) * (unit === 'm' ? 60 : 1) * SECOND;
}

async function namesIn(folder: string): Promise<string[]> {
  const files = (await readdir(folder).catch(ignoreAbsence)) ?? [];
  return files.filter((file) => file.endsWith('.sh')).map((file) => file.slice(0, -3));
}

function ignoreAbsence(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error;
}
