import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Stream } from '../../config/schema.ts';
import { plainSections, type Section } from './section.ts';

/** A stream as first boots see it. */
export interface ConfiguredStream extends Section {
  /** Everything else of it. Throws `config` when something is wrong there. */
  whole: () => Promise<Stream>;
}

/** A larger file (bytes) is left to its own reader. */
const LIMIT = 1 << 20;

/**
 * The streams of a project; none where it has no configuration. Throws `config` for what is wrong
 * with their first boots; of the rest only `lockstep check` tells.
 */
export async function configuredStreams(cwd: string, file: string): Promise<ConfiguredStream[]> {
  const path = resolve(cwd, file);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found?.isFile()) return [];
  const text = found.size > LIMIT ? '' : readFileSync(path, 'utf8');
  const sections = plainSections({ file, text }) ?? (await wholeStreams(cwd, file));
  return sections.map(({ name, ignition }, at) => ({
    name,
    ignition,
    whole: async () => {
      const stream = (await wholeStreams(cwd, file))[at];
      if (!stream) throw new Error(`${name} went while it was read`);
      return stream;
    },
  }));
}

/** The reader of all of it is large, and most builds need none. */
async function wholeStreams(cwd: string, file: string): Promise<Stream[]> {
  const { loadConfig } = await import('../../config/load.ts');
  return (await loadConfig(cwd, file)).streams;
}
