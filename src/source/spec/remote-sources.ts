import { type Checksum, isStrong } from './sources-file.ts';
import type { Spec, SpecSource } from './spec.ts';

/** A file that a spec takes from elsewhere, and what it must come to. */
export interface RemoteSource extends Checksum {
  /** The name that rpmbuild looks for. */
  name: string;
  url: string;
}

/** Where the sources of a spec are looked for. */
export interface SpecFolder {
  /** Names of the files beside it. */
  files: ReadonlySet<string>;
  /** What the file `sources` beside it says. */
  checksums: ReadonlyMap<string, Checksum>;
}

/** What must be fetched before a spec can be built, and why it cannot be. */
export interface SourceNeeds {
  remote: RemoteSource[];
  problems: string[];
}

/** A name that needs no quoting, in no folder, and none of the files that we put beside sources. */
const PLAIN_NAME = /^(?!lockstep-)\w[\w.+~^-]*$/;

/**
 * Tells where each source of a spec comes from: from the folder of the spec, or from an address
 * whose content the repository pins. A source in a condition that comes from nowhere is left out:
 * rpmbuild says whether it is needed.
 */
export function sourceNeeds(spec: Spec, folder: SpecFolder): SourceNeeds {
  const needs: SourceNeeds = { remote: [], problems: [] };
  for (const source of spec.sources) {
    const name = fileName(source.value);
    if (name && folder.files.has(name)) continue;
    const found = remoteSource(source, name, folder);
    if (typeof found !== 'string') needs.remote.push(found);
    else if (!source.conditional) needs.problems.push(`${source.tag}: ${source.text}: ${found}`);
  }
  return { ...needs, remote: [...new Map(needs.remote.map((one) => [one.name, one])).values()] };
}

/** Of an address rpm takes what follows the last slash, a fragment included (`#/NAME`). */
function fileName(value: string | undefined): string | undefined {
  const name = value?.split('/').at(-1) ?? '';
  return PLAIN_NAME.test(name) ? name : undefined;
}

/** The source, or why it cannot be one. */
function remoteSource(
  { value }: SpecSource,
  name: string | undefined,
  { checksums }: SpecFolder,
): RemoteSource | string {
  if (value == null) return 'only rpmbuild can tell what its macros stand for';
  if (!name) return 'is no name of a file';
  const checksum = checksums.get(name);
  const isAddress = /^[a-z][a-z0-9+.-]*:\/\//i.test(value);
  if (!isAddress) {
    const listed = checksum ? ', and the spec tells no address of it' : '';
    return `${name} does not lie beside the spec${listed}`;
  }
  const url = value.replace(/#.*$/, '');
  if (!/^https:\/\/[^/@]+\//.test(url) || !URL.canParse(url)) return 'is no https:// address';
  if (!checksum) return `the repository has no checksum of ${name} in a file \`sources\``;
  if (isStrong(checksum)) return { name, url, ...checksum };
  return `${checksum.algorithm} pins nothing: others can be made with the same checksum`;
}
