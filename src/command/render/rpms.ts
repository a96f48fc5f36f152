import { nameOf } from '../../file/path.ts';
import { folderOf, type RpmListing } from '../../kmods/rpm/list.ts';
import type { ListedRpm } from '../../kmods/rpm/listed.ts';
import type { Style } from '../text/style.ts';
import { table } from '../text/table.ts';
import { printable } from './listing.ts';

/** The JSON document of `rpms list`. */
export function rpmsDocument({ digest, layout, packages, transfer }: RpmListing) {
  const listed = packages.map((one) => ({ ...one, folder: folderOf(one) }));
  return { digest, layout, packages: listed, transfer };
}

/** A line for each package. */
export function rpmsTable({ packages }: RpmListing, style: Style): string {
  if (packages.length === 0) return 'no packages\n';
  const rows = packages.map(row);
  return `${table([['folder', 'package', 'version', 'kernel', 'size', 'digest'], ...rows], style)}\n`;
}

function row(one: ListedRpm): string[] {
  const name = one.problem ? `${nameOf(one.path)}: ${one.problem}` : one.name;
  const kind = one.isSource ? ' (source)' : '';
  const { version, kernel = '', size, digest } = one;
  const cells = [folderOf(one), `${name}${kind}`, version, kernel, String(size), digest];
  return cells.map(printable);
}
