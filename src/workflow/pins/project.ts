import { join } from 'node:path';
import { CONFIG_FILE } from '../../config/file.ts';
import { releaseKeys } from '../../source/openzfs/keyring.ts';
import { mapConcurrently } from '../../system/concurrency.ts';
import { LockstepError } from '../../system/error.ts';
import { didYouMean } from '../../system/nearest.ts';
import { writeWhole } from '../../system/write-whole.ts';
import type { PlacedFinding } from '../check/finding.ts';
import { PINNED_FILES, pinsInFile } from './find.ts';
import { keyringPins } from './keyring.ts';
import { PIN_KINDS, type Pin } from './pin.ts';
import { type PinUpdate, type UpdateOptions, updateOf, withUpdates } from './update.ts';
import { type Upstream, verifyPin } from './verify.ts';

const AT_ONCE = 4;

/** Reads the files of a folder that match patterns. */
export type ReadFiles = (
  folder: string,
  patterns: readonly string[],
) => ReadonlyMap<string, string>;

/** The pins of a project with the texts that they stand in. */
export interface ProjectPins {
  pins: Pin[];
  texts: ReadonlyMap<string, string>;
}

/**
 * The pins of a project; with names those alone that are called so. Throws `usage` for a name that
 * is none of a pin, nor a kind: nothing would be looked at, and all seem well.
 */
export async function projectPins(
  folder: string,
  read: ReadFiles,
  names: readonly string[] = [],
): Promise<ProjectPins> {
  const texts = read(folder, PINNED_FILES);
  const keys = await releaseKeys();
  const all = [...texts].flatMap(([file, text]) => [
    ...pinsInFile(file, text),
    ...(file === CONFIG_FILE ? keyringPins(file, text, keys) : []),
  ]);
  const known = new Set<string>([...PIN_KINDS, ...all.map(({ name }) => name)]);
  for (const name of names)
    if (!known.has(name))
      throw new LockstepError('usage', `nothing is pinned as ${name}${didYouMean(name, known)}`, {
        hint: `lockstep pins list tells the names; kinds are ${PIN_KINDS.join(', ')}`,
      });
  const isMeant = ({ name, kind }: Pin) =>
    names.length === 0 || names.some((wanted) => wanted === kind || wanted === name);
  return { pins: all.filter(isMeant), texts };
}

/** What is wrong with pins, by what their sources say now. */
export async function verifyPins(
  pins: readonly Pin[],
  upstream: Upstream,
): Promise<PlacedFinding[]> {
  const found = await mapConcurrently(pins, AT_ONCE, (pin) => verifyPin(pin, upstream));
  return found.flat();
}

/** Renews pins in the files of a folder: the bytes of each, and nothing else. */
export async function updatePins(
  folder: string,
  { pins, texts }: ProjectPins,
  options: UpdateOptions & { upstream: Upstream; write: boolean },
): Promise<PinUpdate[]> {
  const found = await mapConcurrently(pins, AT_ONCE, (pin) =>
    updateOf(pin, options.upstream, options),
  );
  const updates = found.filter((update) => update != null);
  if (!options.write) return updates;
  for (const [file, text] of texts) {
    const own = updates.filter(({ pin }) => pin.file === file);
    if (own.length > 0) await writeWhole(join(folder, file), Buffer.from(withUpdates(text, own)));
  }
  return updates;
}
