import type { SignedManifest } from '../../../trust/sign/sign-image.ts';
import { printable } from '../../render/listing.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

/** A line for each manifest: what was written beside it. */
export function signedText(signed: readonly SignedManifest[], style: Style): string {
  const rows = signed.map(({ digest, platform = '', written }) => [
    digest,
    printable(platform),
    written.length === 0 ? 'signed already' : `signed (${written.join(', ')})`,
  ]);
  return `${table(rows, style)}\n`;
}
