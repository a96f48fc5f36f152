import { LockstepError } from '../../../system/error.ts';
import type { Archive } from './archive.ts';
import type { ArchiveName } from './package-set.ts';

/** Splits an address that apt printed into the archive and the path in its pool. */
export function locateInPool(
  archive: Pick<Archive, 'sources'>,
  uri: string,
): { archive: ArchiveName; filename: string } {
  for (const source of archive.sources) {
    const root = withSlash(source.uri);
    if (!uri.startsWith(root)) continue;
    return { archive: source.archive, filename: decodeURIComponent(uri.slice(root.length)) };
  }
  throw new LockstepError('bug', `apt named an address outside its sources: ${uri}`);
}

/** The address of a path in an archive on this machine's server; undefined without a server. */
export function uriOf(
  archive: Pick<Archive, 'sources'>,
  file: { archive: ArchiveName; filename: string },
): string | undefined {
  const source = archive.sources.find((one) => one.archive === file.archive);
  if (!source) return undefined;
  return withSlash(source.uri) + file.filename.split('/').map(encode).join('/');
}

function withSlash(uri: string): string {
  return uri.endsWith('/') ? uri : `${uri}/`;
}

/** Some servers keep `+` for themselves when it is not quoted; apt quotes it too. */
function encode(part: string): string {
  return encodeURIComponent(part).replaceAll('~', '%7e');
}
