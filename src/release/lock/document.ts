import { z } from 'zod';
import { pathText } from '../../config/place.ts';
import { type Digest, isDigest } from '../../system/digest.ts';
import { LockstepError } from '../../system/error.ts';
import { type Inputs, InputsV1, inputsDigest } from '../inputs/inputs.ts';
import { brokenSets } from './intact.ts';
import { placesIn } from './place.ts';
import { type JsonPath, placeholdersIn } from './placeholder.ts';

/** The name of the lock file in the folder of a project. */
export const LOCK_FILE = 'lockstep.lock.json';

const Entry = z.strictObject({
  /** Of the inputs: tells when somebody edited them. */
  digest: z.string().refine(isDigest, 'must be a sha256 digest'),
  inputs: InputsV1,
});

/** Version 1 of the lock file; a new version gets a schema of its own beside this one. */
const LockV1 = z.strictObject({
  schema_version: z.literal(1),
  streams: z.record(z.string(), Entry),
});

/** The locked inputs of each stream by its name. */
export type Locked = ReadonlyMap<string, Inputs>;

interface Problem {
  path: JsonPath;
  message: string;
}

/** How many problems of a file are told. */
const MOST = 20;

/**
 * Reads the text of a lock file, or of the `inputs.json` of a run. Throws `config` with every
 * problem as `file:line:column: path: message`: placeholders, wrong values, edited inputs.
 */
export function parseLock(text: string, file: string): Locked {
  const value = jsonOf(text, file);
  const isLock = value !== null && typeof value === 'object' && 'streams' in value;
  const holes = placeholdersIn(value).map(({ path, value: found }) => ({
    path,
    message: `is a placeholder: ${JSON.stringify(found)}`,
  }));
  if (holes.length > 0) throw refused(text, file, holes);
  return isLock ? parseStreams(value, text, file) : parseOne(value, text, file);
}

function parseStreams(value: unknown, text: string, file: string): Locked {
  const parsed = LockV1.safeParse(value);
  if (!parsed.success) throw refused(text, file, problemsOf(parsed.error));
  const entries = Object.entries(parsed.data.streams);
  const problems = entries.flatMap(([name, { digest, inputs }]) =>
    wrongIn(inputs, { name, digest, at: ['streams', name, 'inputs'] }),
  );
  if (problems.length > 0) throw refused(text, file, problems);
  return new Map(entries.map(([name, { inputs }]) => [name, inputs]));
}

function parseOne(value: unknown, text: string, file: string): Locked {
  const parsed = InputsV1.safeParse(value);
  if (!parsed.success) throw refused(text, file, problemsOf(parsed.error));
  const problems = wrongIn(parsed.data, { name: parsed.data.stream, at: [] });
  if (problems.length > 0) throw refused(text, file, problems);
  return new Map([[parsed.data.stream, parsed.data]]);
}

function wrongIn(
  inputs: Inputs,
  { name, digest, at }: { name: string; digest?: Digest; at: JsonPath },
): Problem[] {
  const sets = brokenSets(inputs).map((path) => ({
    path: [...at, ...path],
    message: 'is not the digest of the packages that are listed: they were edited',
  }));
  const foreign = inputs.stream !== name;
  const edited = digest != null && sets.length === 0 && inputsDigest(inputs) !== digest;
  return [
    ...sets,
    ...(foreign ? [{ path: [...at, 'stream'], message: `is not ${name}` }] : []),
    ...(edited ? [{ path: at, message: `were edited: their digest is not ${digest}` }] : []),
  ];
}

function jsonOf(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const { message } = cause as Error;
    const [, line = 1, column = 1] = /line (\d+) column (\d+)/.exec(message) ?? [];
    throw new LockstepError('config', `${file}:${line}:${column}: not JSON: ${message}`, {
      cause,
      hint: MAKE_ANEW,
    });
  }
}

const MAKE_ANEW = 'nothing in it is meant to be written by hand; make it with: lockstep lock sync';

function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.filter((key) => typeof key !== 'symbol');
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: [...path, key], message: 'is not a known key' }));
  });
}

function refused(text: string, file: string, problems: readonly Problem[]): LockstepError {
  const placeOf = placesIn(text);
  const lines = problems.slice(0, MOST).map(({ path, message }) => {
    const where = [`${file}:${placeOf(path)}`, pathText(path)].filter(Boolean).join(': ');
    return `${where}: ${message}`;
  });
  const more = problems.length > MOST ? [`and ${problems.length - MOST} more`] : [];
  return new LockstepError('config', [...lines, ...more].join('\n'), { hint: MAKE_ANEW });
}
