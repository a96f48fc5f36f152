import { Command } from '@commander-js/extra-typings';
import { signerOptions } from '../options/trust.ts';

const EXAMPLES = `
The statement is about the digest of the reference alone, and is attached to it in a bundle.

Examples:
  $ lockstep trust attest registry.example.org/zfs:latest --key env:COSIGN_PRIVATE_KEY \\
      --type https://example.org/reviewed/v1 --predicate review.json`;

export const attest = signerOptions(new Command('attest'))
  .description('Attaches a signed statement about an image to it.')
  .argument('<reference>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .requiredOption('--type <uri>', 'type of the predicate')
  .requiredOption('--predicate <file>', 'JSON file: what is stated; - for standard input')
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) =>
    (await import('./action/attest.ts')).attest(reference, options),
  );
