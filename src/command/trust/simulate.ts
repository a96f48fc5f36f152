import { Command } from '@commander-js/extra-typings';
import { trustOptions } from '../options/trust.ts';

const EXAMPLES = `
Reads the signatures of images as skopeo, podman, bootc and rpm-ostree do (containers-policy.json(5),
containers-registries.d(5)), and judges them by the policy of a host: this machine's, that in a
folder, or that in an image. Nothing is pulled. Exit status 0 when the host would accept every image,
1 when it would refuse one, 2 for a policy that would not load.

Examples:
  $ lockstep trust simulate registry.example.org/zfs:latest
  $ lockstep trust simulate registry.example.org/zfs:latest --image registry.example.org/zfs:latest --require-signed
  $ lockstep trust simulate oci:store/zfs:latest --as registry.example.org/zfs --root rootfs
  $ lockstep trust simulate registry.example.org/zfs:latest --policy policy.json --registries-d registries.d --json`;

export const simulate = trustOptions(new Command('simulate'))
  .description('Tells whether a host would accept images, without pulling them.')
  .argument('<reference...>', 'HOST/NAME[:TAG] or HOST/NAME@DIGEST, oci:DIR[:TAG]')
  .option('--policy <file>', 'policy.json to judge by, in place of the one of the host')
  .option('--registries-d <dir>', "folder that says where signatures are, in place of the host's")
  .option('--root <dir>', 'the host is what lies in this folder; paths of keys are below it')
  .option('--image <reference>', 'the host is what is in this image')
  .option('--platform <os/arch>', 'which image of an index is pulled', 'linux/amd64')
  .option('--as <reference>', 'judge as if pulled by this name: HOST/NAME[:TAG], oci:DIR, dir:DIR')
  .option('--require-signed', 'accept nothing that no signature was verified of')
  .addHelpText('after', EXAMPLES)
  .action(async (references, options) =>
    (await import('./action/simulate.ts')).simulate(references, options),
  );
