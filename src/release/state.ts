import type { Stream } from '../config/schema.ts';
import { readManifest } from '../oci/manifest.ts';
import type { Reader } from '../oci/repository.ts';
import { IMAGE_ANNOTATION } from './annotations.ts';
import { readRecords } from './record.ts';
import type { StreamState } from './status.ts';

/** How many run records a look at the state reads. */
const RECORDS = 200;

/** Reads from the registry alone how a stream stands. */
export async function readStreamState(repository: Reader, stream: Stream): Promise<StreamState> {
  const records = await readRecords(repository, RECORDS);
  return {
    stream: stream.name,
    stable: await readStable(repository, stream.publish.stable),
    records: records.filter((record) => record.stream === stream.name),
  };
}

async function readStable(
  repository: Reader,
  templates: readonly string[],
): Promise<StreamState['stable']> {
  const tag = await findStableTag(repository, templates);
  const descriptor = tag && (await repository.resolve(tag));
  if (!descriptor) return undefined;
  const { manifest } = await readManifest(repository, descriptor);
  const annotations = manifest.annotations ?? {};
  return {
    digest: descriptor.digest,
    kernel: annotations[IMAGE_ANNOTATION.kernel] ?? 'unknown',
    modules: modulesOf(annotations),
    since: annotations[IMAGE_ANNOTATION.created] ?? '',
  };
}

/** A tag without a placeholder says it by itself; of others the last in order is the newest. */
async function findStableTag(
  repository: Reader,
  templates: readonly string[],
): Promise<string | undefined> {
  const fixed = templates.find((template) => !template.includes('{'));
  if (fixed) return fixed;
  const [before = '', after = ''] = templates[0]?.split('{os_version}') ?? [];
  const tags = await repository.tags();
  return tags.findLast((tag) => tag.startsWith(before) && tag.endsWith(after));
}

function modulesOf(annotations: Record<string, string>): Record<string, string> {
  const prefix = IMAGE_ANNOTATION.module('');
  const named = Object.entries(annotations).filter(([name]) => name.startsWith(prefix));
  return Object.fromEntries(named.map(([name, version]) => [name.slice(prefix.length), version]));
}
