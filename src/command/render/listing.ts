import type { ImageListing } from '../../oci/tree/listing-image.ts';
import type { ImageEntry } from '../../oci/tree/tree.ts';

const LETTERS = { file: '-', directory: 'd', symlink: 'l', other: '?' } as const;

/** How ways to look into a layer read. */
const NAMES: Record<string, string> = { tar: 'streaming', index: 'the index in the manifest' };

/** One line for a path: type and permissions, size, path, and where a link leads. */
export function listingRow(entry: ImageEntry): string {
  const { type, mode, size, path, linkTarget } = entry;
  const link = linkTarget === undefined ? '' : ` -> ${printable(linkTarget)}`;
  return `${LETTERS[type]}${permissions(mode)} ${String(size).padStart(12)} ${printable(path)}${link}`;
}

/** How much was moved to look into an image, beside what a pull would have moved. */
export function transferLine({ transfer, image, looks }: Omit<ImageListing, 'entries'>): string {
  const { layers } = image.document.manifest;
  const whole = layers.reduce((sum, { size }) => sum + size, 0);
  const share = whole === 0 ? 0 : (100 * transfer.bytes) / whole;
  const ways = Object.entries(Object.groupBy(looks, ({ by }) => by));
  const how = ways.map(([way, list]) => `${list?.length} by ${NAMES[way] ?? way}`);
  const count = `${transfer.bytes} bytes in ${transfer.requests} requests`;
  return `${count}, ${share.toFixed(2)} % of ${whole} bytes of layers (${how.join(', ')})`;
}

/** Permissions as ls(1) shows them. */
export function permissions(mode: number): string {
  const letters = 'rwxrwxrwx'
    .split('')
    .map((letter, bit) => (mode & (0o400 >> bit) ? letter : '-'));
  if (mode & 0o4000) letters[2] = letters[2] === 'x' ? 's' : 'S';
  if (mode & 0o2000) letters[5] = letters[5] === 'x' ? 's' : 'S';
  if (mode & 0o1000) letters[8] = letters[8] === 'x' ? 't' : 'T';
  return letters.join('');
}

/** Names come from others: what would steer a terminal is written as an escape. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cs}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The same for a text of several lines, which stay lines; tabs stay too. */
export function printableLines(text: string): string {
  return text.replaceAll(/[^\n\t]+/g, printable);
}
