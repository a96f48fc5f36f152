import { type Document, isMap, isSeq, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { LockstepError } from '../../system/error.ts';
import { didYouMean } from '../../system/nearest.ts';
import type { EngineName } from '../engine/place.ts';

/** GitHub takes this many inputs, and this many characters of them all. */
const COUNT_LIMIT = 25;
const SIZE_LIMIT = 65_535;

const value = z.union([z.string(), z.number(), z.boolean()]);
const input = z.looseObject({
  type: z.string().default('string'),
  required: z.boolean().default(false),
  default: z.unknown().optional(),
  options: z.array(value).default([]),
});
type Input = z.infer<typeof input>;

/** `K=V` of the command line; throws `usage` for anything else, and for a name given twice. */
export function parseInputs(given: readonly string[]): Record<string, string> {
  const pairs = given.map((text) => {
    const [, name, rest] = /^([\w-]+)=(.*)$/s.exec(text) ?? [];
    if (name == null || rest == null)
      throw new LockstepError('usage', `--input ${text} is not of the form NAME=VALUE`);
    return [name, rest] as const;
  });
  const inputs = Object.fromEntries(pairs);
  if (Object.keys(inputs).length < pairs.length)
    throw new LockstepError('usage', 'an input is given twice');
  return inputs;
}

/**
 * Holds inputs against what the file of a workflow declares, before anything is sent. Throws
 * `usage` with all that is wrong: an unknown name, a missing one, a value of another type, and a
 * file that is not started by hand.
 */
export function checkInputs(
  engine: EngineName,
  file: { path: string; text: string },
  given: Readonly<Record<string, string>>,
): void {
  const declared = declaredInputs(engine, file);
  const names = Object.keys(declared);
  const problems = [
    ...Object.entries(given).flatMap(([name, text]) => {
      const known = Object.hasOwn(declared, name) ? declared[name] : undefined;
      if (known) return problemOf(name, text, known);
      return [`has no input ${name}${didYouMean(name, names)}`];
    }),
    ...names
      .filter((name) => !Object.hasOwn(given, name) && isNeeded(engine, declared[name]))
      .map((name) => `needs the input ${name}`),
    ...(engine === 'gitlab' ? [] : limits(given)),
  ];
  if (problems.length === 0) return;
  throw new LockstepError(
    'usage',
    problems.map((problem) => `${file.path} ${problem}`).join('\n'),
    {
      hint:
        names.length > 0
          ? `it takes ${names.join(', ')}; nothing was sent`
          : 'it takes no inputs; nothing was sent',
    },
  );
}

function limits(given: Readonly<Record<string, string>>): string[] {
  const isLarge = JSON.stringify(given).length > SIZE_LIMIT;
  return [
    ...(Object.keys(given).length > COUNT_LIMIT ? [`takes at most ${COUNT_LIMIT} inputs`] : []),
    ...(isLarge ? [`takes at most ${SIZE_LIMIT} characters of inputs`] : []),
  ];
}

/** GitLab needs what has no default; the others what says so and has none. */
function isNeeded(engine: EngineName, known: Input | undefined): boolean {
  const isOpen = known?.default === undefined;
  return isOpen && (engine === 'gitlab' || known?.required === true);
}

function problemOf(name: string, text: string, { type, options }: Input): string[] {
  const listed = options.map(String);
  if (type === 'boolean' && !/^(?:true|false)$/.test(text))
    return [`takes true or false for ${name}, not ${text}`];
  if (type === 'number' && !/^-?\d+(?:\.\d+)?$/.test(text))
    return [`takes a number for ${name}, not ${text}`];
  if (listed.length > 0 && !listed.includes(text))
    return [`takes ${listed.join(', ')} for ${name}, not ${text}${didYouMean(text, listed)}`];
  return [];
}

function declaredInputs(
  engine: EngineName,
  { path, text }: { path: string; text: string },
): Record<string, Input> {
  const documents = parseAllDocuments(text, { prettyErrors: false });
  const first = Array.isArray(documents) ? documents[0] : undefined;
  if (!first || first.errors.length > 0)
    throw new LockstepError(
      'config',
      `${path} cannot be read: ${first?.errors[0]?.message ?? 'it is empty'}`,
    );
  const at = engine === 'gitlab' ? ['spec', 'inputs'] : ['on', 'workflow_dispatch', 'inputs'];
  if (engine !== 'gitlab' && !isStartedByHand(first.get('on', true)))
    throw new LockstepError(
      'usage',
      `${path} is not started by hand: it has no workflow_dispatch`,
      {
        hint: 'name another file, or add the event and push it',
      },
    );
  const found = first.hasIn(at) ? plainData(first, path) : {};
  const inputs = at.reduce<unknown>(
    (data, key) => (data as Record<string, unknown> | null)?.[key],
    found,
  );
  const parsed = z.record(z.string(), input.nullable()).safeParse(inputs ?? {});
  if (!parsed.success)
    throw new LockstepError('config', `${path} declares its inputs in no known form`);
  return Object.fromEntries(
    Object.entries(parsed.data).map(([name, one]) => [name, one ?? input.parse({})]),
  );
}

function plainData(document: Document, path: string): object {
  try {
    return document.toJS() as object;
  } catch (error) {
    // The values of aliases are looked up only now.
    if (!(error instanceof ReferenceError)) throw error;
    throw new LockstepError('config', `${path} cannot be read: ${error.message}`);
  }
}

/** `on` is a name, a list of names or a map. */
function isStartedByHand(on: unknown): boolean {
  if (isMap(on)) return on.has('workflow_dispatch');
  if (isSeq(on)) return on.toJSON().includes('workflow_dispatch');
  return String(on) === 'workflow_dispatch';
}
