import { remembered } from '../../../system/remember.ts';
import type { Archive } from './archive.ts';
import { answersOf } from './private-apt.ts';
import { show } from './show.ts';

/** Those of the names under which the archive has a package. */
export async function knownPackages(
  archive: Archive,
  names: readonly string[],
): Promise<ReadonlySet<string>> {
  if (names.length === 0) return new Set();
  const known = [...new Set(names)].sort();
  const find = async () => (await show(archive, known)).map((stanza) => stanza.package ?? '');
  return new Set(await remembered(answersOf(archive), { lists: archive.lists, known }, find));
}
