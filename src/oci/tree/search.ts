import { archivePath, parentOf } from '../../file/path.ts';
import type { TarHeader } from '../../file/tar/tar.ts';
import type { Reader } from '../repository.ts';
import type { OpenImage } from './image.ts';
import { type Contents, type LayerLook, openLayer } from './listing.ts';

const WHITEOUT = '.wh.';
const OPAQUE = '.wh..wh..opq';
/** Most names of upper layers that are remembered. */
const MOST_NAMES = 2_000_000;

/** Something that was found, as its archive has it. */
export interface FoundEntry {
  path: string;
  header: TarHeader;
  layer: number;
}

/** Where to look, and what to tell of besides what is found. */
export interface SearchOptions {
  /** Default `toc`. */
  contents?: Contents;
  /** Called with how each layer is read. */
  onLook?: (look: LayerLook) => void;
}

/**
 * What of an image has a path that is wanted, the uppermost layer first, as it comes: whoever
 * stops asking stops the transfer, and a layer that was not read whole was not checked. What
 * upper layers replace or take away is left out. Links among parent folders are not followed;
 * `openImageTree` does that.
 */
export async function* searchImage(
  reader: Reader,
  image: OpenImage,
  wanted: (path: string) => boolean,
  options: SearchOptions = {},
): AsyncGenerator<FoundEntry> {
  const above = new Above();
  const { layers } = image.document.manifest;
  const how = { contents: options.contents ?? 'toc', tag: image.tag };
  for (const [index, layer] of [...layers.entries()].reverse()) {
    const own = new Above();
    const { look, entries } = await openLayer(reader, layer, how);
    options.onLook?.(look);
    for await (const { header } of entries) {
      const path = archivePath(header.path);
      own.take(path, header.type === 'directory');
      if (wanted(path) && !above.hides(path)) yield { path, header, layer: index };
    }
    above.join(own);
  }
}

/** What the layers above one hide of it. */
class Above {
  readonly #gone = new Set<string>();
  readonly #opaque = new Set<string>();

  /** Takes in an entry of a layer. */
  take(path: string, isFolder: boolean): void {
    const parent = parentOf(path);
    const name = path.slice(parent === '' ? 0 : parent.length + 1);
    if (this.#gone.size > MOST_NAMES) return;
    if (name === OPAQUE) this.#opaque.add(parent);
    else if (name.startsWith(WHITEOUT)) {
      this.#gone.add(`${parent === '' ? '' : `${parent}/`}${name.slice(WHITEOUT.length)}`);
    } else if (!isFolder) this.#gone.add(path);
  }

  join(other: Above): void {
    for (const path of other.#gone) this.#gone.add(path);
    for (const path of other.#opaque) this.#opaque.add(path);
  }

  hides(path: string): boolean {
    if (this.#gone.has(path)) return true;
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      if (this.#opaque.has(folder) || (folder !== '' && this.#gone.has(folder))) return true;
      if (folder === '') return false;
    }
  }
}
