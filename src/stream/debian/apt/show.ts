import { parseControl, type Stanza } from '../../../package/control.ts';
import { aptFailure } from './failure.ts';
import { apt, type PrivateApt } from './private-apt.ts';

/** Names that one call of apt-cache is asked for. */
const BATCH = 500;

/**
 * All versions that the indexes have of `name` or `name=version`, as control paragraphs; names
 * without any are left out.
 */
export async function show(place: PrivateApt, asked: readonly string[]): Promise<Stanza[]> {
  const stanzas: Stanza[] = [];
  for (let start = 0; start < asked.length; start += BATCH) {
    const some = asked.slice(start, start + BATCH);
    const result = await apt(place, 'apt-cache', ['show', ...some], { lock: 'shared' });
    if (result.status > 100) throw aptFailure('the package index cannot be read', result.stderr);
    stanzas.push(...parseControl(result.stdout));
  }
  return stanzas;
}

/** A package built from a source of another name or version says so: `linux (6.1.192-2)`. */
export function sourceOf(stanza: Stanza): { name: string; version: string } {
  const match = /^(\S+)(?:\s+\((\S+)\))?/.exec(stanza.source ?? '');
  const { package: name = '', version = '' } = stanza;
  return { name: match?.[1] ?? name, version: match?.[2] ?? version };
}
