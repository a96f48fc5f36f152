import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod/mini';
import { LockstepError } from '../../system/error.ts';
import { tooLarge } from '../content.ts';
import type { Descriptor } from '../descriptor.ts';
import { parseGoJson } from '../go-json.ts';
import { descriptorShape } from '../manifest.ts';
import { OCI_INDEX } from '../media-type.ts';
import { codeOf, writeWhole } from './file.ts';

/** Annotation that holds the tag of an entry (OCI image-spec 1.1, image-layout.md). */
export const REF_NAME = 'org.opencontainers.image.ref.name';

/** Room for half a million tags. */
const INDEX_LIMIT = 256 << 20;

const layoutIndex = z.looseObject({
  schemaVersion: z.literal(2),
  manifests: z._default(z.array(z.looseObject(descriptorShape.shape)), []),
});

/** `index.json` of an OCI image layout: every manifest in it, once for each of its tags. */
export type LayoutIndex = z.infer<typeof layoutIndex>;
export type LayoutEntry = LayoutIndex['manifests'][number];

export function tagOfEntry(entry: LayoutEntry): string | undefined {
  return entry.annotations?.[REF_NAME];
}

/** The index of the layout in a folder; empty where there is none. Keeps the last one it read. */
export class LayoutIndexFile {
  readonly #path: string;
  #known: { identity: string; index: LayoutIndex; byTag?: Map<string, LayoutEntry> } | undefined;

  constructor(folder: string) {
    this.#path = join(folder, 'index.json');
  }

  async read(): Promise<LayoutIndex> {
    const identity = identityOf(this.#path);
    if (identity == null) return { schemaVersion: 2, manifests: [] };
    if (this.#known?.identity === identity) return this.#known.index;
    const index = parseIndex(await readFile(this.#path), this.#path);
    this.#known = { identity, index };
    return index;
  }

  /** The entries that have a tag, by it. */
  async byTag(): Promise<ReadonlyMap<string, LayoutEntry>> {
    const { manifests } = await this.read();
    const known = this.#known?.index.manifests === manifests ? this.#known : undefined;
    if (known?.byTag) return known.byTag;
    const byTag = new Map<string, LayoutEntry>();
    for (const entry of manifests) {
      const tag = tagOfEntry(entry);
      if (tag != null && !byTag.has(tag)) byTag.set(tag, entry);
    }
    if (known) known.byTag = byTag;
    return byTag;
  }

  /** Replaces the index; a reader sees the old or the new one, nothing else. */
  async write(manifests: readonly LayoutEntry[], before: LayoutIndex): Promise<void> {
    const index = { mediaType: OCI_INDEX, ...before, manifests: [...manifests] };
    await writeWhole(this.#path, JSON.stringify(index));
  }
}

/** The entries with a tag given to one manifest, or taken away when there is no descriptor. */
export function retag(
  entries: readonly LayoutEntry[],
  tag: string,
  descriptor?: Descriptor,
): LayoutEntry[] {
  const rest = entries.filter((entry) => tagOfEntry(entry) !== tag);
  const kept = new Set(rest.map((entry) => entry.digest));
  const lost = entries.find((entry) => tagOfEntry(entry) === tag && !kept.has(entry.digest));
  const untagged = lost && lost.digest !== descriptor?.digest ? [withoutTag(lost)] : [];
  if (!descriptor) return [...rest, ...untagged];
  const others = rest.filter((entry) => entry.digest !== descriptor.digest || tagOfEntry(entry));
  return [...others, ...untagged, entryOf(descriptor, tag)];
}

/** An entry of `index.json` for a manifest. */
export function entryOf(descriptor: Descriptor, tag?: string): LayoutEntry {
  const { annotations: _, ...rest } = descriptor;
  return { ...rest, ...(tag == null ? {} : { annotations: { [REF_NAME]: tag } }) };
}

function withoutTag(entry: LayoutEntry): LayoutEntry {
  const { [REF_NAME]: _, ...annotations } = entry.annotations ?? {};
  return { ...entry, annotations };
}

function identityOf(path: string): string | undefined {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true });
    if (size > INDEX_LIMIT) throw tooLarge(path, INDEX_LIMIT);
    return `${ino} ${size} ${mtimeNs} ${ctimeNs}`;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Reads an `index.json`; throws `invalid-content` naming the file. */
export function parseIndex(bytes: Uint8Array, path: string): LayoutIndex {
  try {
    return layoutIndex.parse(parseGoJson(Buffer.from(bytes).toString('utf8')));
  } catch (cause) {
    const why = cause instanceof z.core.$ZodError ? z.prettifyError(cause) : 'cut off or not JSON';
    throw new LockstepError('invalid-content', `${path} is damaged: ${why.slice(0, 300)}`, {
      cause,
      context: { path },
      hint: 'the blobs beside it are untouched; copy the tags again, or restore this file',
    });
  }
}
