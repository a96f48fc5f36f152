import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Digest, digestOfJson } from '../system/digest.ts';
import { LockstepError } from '../system/error.ts';
import { CONFIG_FILE } from './file.ts';
import type { ConfigProblem, ParsedConfig } from './parse.ts';
import type { PlaceOf } from './place.ts';
import { plainConfig } from './plain.ts';
import type { Config, Stream } from './schema.ts';

/** A configuration that is larger than this (bytes) is refused. */
const LIMIT = 1 << 20;

export interface LoadedConfig extends Config {
  placeOf: PlaceOf;
  /** Path of the file, for messages. */
  file: string;
}

/**
 * Reads a project's configuration: `file`, or `lockstep.yaml` in `folder`.
 * Throws `config` with every problem as `file:line:col: path: message`.
 */
export async function loadConfig(
  folder: string,
  file: string = CONFIG_FILE,
): Promise<LoadedConfig> {
  const path = resolve(folder, file);
  const parsed = await readConfig(readText(path), file);
  if (parsed.problems) throw configError(parsed.problems, path);
  return { ...parsed.config, placeOf: parsed.placeOf, file: path };
}

/** Most are written plainly; the reader of all others is loaded for those alone. */
async function readConfig(text: string, file: string): Promise<ParsedConfig> {
  return plainConfig(text) ?? (await import('./parse.ts')).parseConfig(text, file);
}

/**
 * Digest of what a stream's configuration says, not of how its file is written. Where things are
 * kept, whether inputs are archived, who signs, and what the first boot does, makes no other inputs:
 * locks stay good when a project moves, and when any of it changes.
 */
export function configDigest(stream: Stream): Digest {
  const { archive_inputs: _, registry: __, ...publish } = stream.publish;
  const { ignition: ___, flists: ____, trust, ...rest } = stream;
  const pinned = trust && pinnedTrust(trust);
  return digestOfJson({ ...rest, publish, ...(pinned && { trust: pinned }) });
}

/** What of `trust` inputs depend on: who signs the base, and what hosts are told. */
function pinnedTrust({ base, hosts, public: keys, as }: NonNullable<Stream['trust']>) {
  const told = hosts && { hosts, public: keys, ...(as && { as }) };
  return base || told ? { ...(base && { base }), ...told } : undefined;
}

/** Lines of the form `file:line:col: path: message`. */
export function formatProblems(problems: readonly ConfigProblem[]): string[] {
  return problems.map(({ file, line, column, path, message }) =>
    [`${file}:${line}:${column}`, path, message].filter(Boolean).join(': '),
  );
}

/** The error of a file in which something is wrong. */
export function configError(problems: readonly ConfigProblem[], path: string): LockstepError {
  return new LockstepError('config', formatProblems(problems).join('\n'), {
    hint: 'the keys are described in docs/config.md',
    places: problems.map(({ line, column, path: key, message }) => ({
      file: path,
      line,
      column,
      message: [key, message].filter(Boolean).join(': '),
    })),
  });
}

/** The text of a configuration; throws `config` when there is none, or too much of it. */
export function readText(path: string): string {
  const size = sizeOfFile(path);
  if (size == null) {
    throw new LockstepError('config', `there is no ${path}`, {
      hint: 'make one with: lockstep init',
      context: { path },
    });
  }
  if (size > LIMIT) throw new LockstepError('config', `${path} is larger than ${LIMIT} bytes`);
  return readFileSync(path, 'utf8');
}

/** Undefined for what is no file, or cannot be reached. */
function sizeOfFile(path: string): number | undefined {
  try {
    const found = statSync(path);
    return found.isFile() ? found.size : undefined;
  } catch {
    return undefined;
  }
}
