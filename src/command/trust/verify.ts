import { Command } from '@commander-js/extra-typings';
import { several } from '../options/several.ts';
import { trustOptions } from '../options/trust.ts';

const EXAMPLES = `
Every manifest of an index must have a signature that counts. An attestation, be it of where an image
comes from or of a failed test, is no signature; ask for those with --type. What hosts accept is told
by their policy, not here. Exit status 1 when something is not signed.

Examples:
  $ lockstep trust verify registry.example.org/zfs:latest --key cosign.pub
  $ lockstep trust verify registry.example.org/zfs:latest --key old.pub --key new.pub --json
  $ lockstep trust verify registry.example.org/zfs:latest --key cosign.pub --type https://slsa.dev/provenance/v1
  $ lockstep trust verify registry.example.org/zfs:latest --root trusted_root.json \\
      --identity https://github.com/OWNER/REPO/.github/workflows/run.yml@refs/heads/main \\
      --issuer https://token.actions.githubusercontent.com`;

export const verify = trustOptions(new Command('verify'))
  .description('Tells whether an image and every image that it lists is signed, and by whom.')
  .argument('<reference>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--key <source>', 'public key: env:NAME or a path (can be repeated)', several)
  .option('--identity <uri>', 'whom the certificate of a keyless signature names, in full')
  .option('--issuer <url>', 'who vouches for that identity')
  .option('--root <file>', 'trusted_root.json: authorities and logs that count')
  .option('--type <predicate>', 'look for attestations of this type in place of signatures')
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) =>
    (await import('./action/verify.ts')).verify(reference, options),
  );
