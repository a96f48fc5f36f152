import { globMatcher } from '../../../file/path-glob.ts';
import type { Repository } from '../../../oci/repository.ts';
import { mapConcurrently } from '../../../system/concurrency.ts';
import type { Digest } from '../../../system/digest.ts';
import type { ImageOptions } from '../../options/image.ts';
import { openImageOf } from '../../options/open-image.ts';
import { contextOf, printJson } from '../../options/project.ts';
import { table } from '../../text/table.ts';

interface TagsOptions extends Omit<ImageOptions, 'platform' | 'stream'> {
  digests?: true;
}

interface ListedTag {
  tag: string;
  /** What it points to; with `--digests`. */
  digest?: Digest;
}

export async function tags(place: string, glob: string, options: TagsOptions): Promise<void> {
  const context = contextOf(options);
  const { reader } = openImageOf(place, context, options);
  const names = (await reader.tags()).filter(globMatcher(glob));
  const listed: ListedTag[] = options.digests
    ? await withDigests(reader, names)
    : names.map((tag) => ({ tag }));
  if (options.json) printJson(context, { repository: reader.name, tags: listed });
  else if (listed.length > 0) {
    const rows = listed.map(({ tag, digest = '' }) => [tag, digest]);
    context.stdout.write(`${table(rows, context.style)}\n`);
  }
  if (listed.length === 0) process.exitCode = 1;
}

/** A tag that goes away while it is looked at is left without a digest. */
function withDigests(reader: Repository, names: readonly string[]): Promise<ListedTag[]> {
  return mapConcurrently(names, 8, async (tag) => ({
    tag,
    digest: (await reader.resolve(tag))?.digest,
  }));
}
