import { Command } from '@commander-js/extra-typings';
import { several } from '../options/several.ts';
import { signerOptions } from '../options/trust.ts';

const EXAMPLES = `
Signs the manifest, and of an index every image that it lists, in two forms: claims under the tag
sha256-HEX.sig, which hosts (skopeo, podman, bootc) and cosign 2 read, and bundles, which cosign 3 and
gh read. Signatures of others stay; what is signed already is not signed again.

Examples:
  $ lockstep trust sign registry.example.org/zfs:latest --key env:COSIGN_PRIVATE_KEY
  $ lockstep trust sign registry.example.org/zfs@sha256:HEX --key cosign.key --for-tag latest
  $ lockstep trust sign oci:store/zfs:latest --key cosign.key --as registry.example.org/zfs
  $ lockstep trust sign registry.example.org/zfs:latest --key env:COSIGN_PRIVATE_KEY --keyless`;

export const sign = signerOptions(new Command('sign'))
  .description('Signs an image, with every image that it lists, for hosts and for cosign.')
  .argument('<reference>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--for-tag <tag>', 'sign NAME:TAG too (can be repeated)', several)
  .option('--as <name>', 'HOST/NAME under which hosts pull it too (can be repeated)', several)
  .addHelpText('after', EXAMPLES)
  .action(async (reference, options) =>
    (await import('./action/sign.ts')).sign(reference, options),
  );
