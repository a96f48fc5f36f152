import type { Verification } from '../../../trust/verify/verify-image.ts';
import { printable } from '../../render/listing.ts';
import type { Style } from '../../text/style.ts';
import { table } from '../../text/table.ts';

/** A line for each manifest, and below it one for each of its signatures. */
export function verifiedText({ manifests }: Verification, style: Style): string {
  const parts = manifests.map(({ digest, platform, verified, signatures }) => {
    const head = [verified ? 'signed' : 'NOT SIGNED', digest, ...(platform ? [platform] : [])];
    const rows = signatures.map(({ form, signer, reason }) => [
      '  ',
      form,
      printable(signer),
      reason ? printable(reason) : 'counts',
    ]);
    return [printable(head.join(' ')), ...(rows.length > 0 ? [table(rows, style)] : [])].join('\n');
  });
  return `${parts.join('\n')}\n`;
}
