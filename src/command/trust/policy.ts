import { Command } from '@commander-js/extra-typings';
import { projectOptions } from '../options/project.ts';
import { several } from '../options/several.ts';

const EXAMPLES = `
Writes etc/containers/policy.json, etc/containers/registries.d/NAME.yaml and the keys below
etc/pki/containers. Put the folder into the image of your hosts, say as its overlay. A new key is
given beside the old one until every host has an image with both; then the old one is left out.

Examples:
  $ lockstep trust policy -o overlay-root --key cosign.pub
  $ lockstep trust policy -o overlay-root --key old.pub --key new.pub --scope registry.example.org/zfs
  $ lockstep trust policy -o overlay-root --key cosign.pub --base policy.json --enforce`;

export const policy = projectOptions(new Command('policy'))
  .description('Writes the files by which hosts accept your images by their signatures alone.')
  .requiredOption('-o, --output <dir>', 'root that the files are written below')
  .option(
    '--key <source>',
    'public key: env:NAME or a path (can be repeated; default: trust.public)',
    several,
  )
  .option(
    '--scope <name>',
    'HOST/NAME that is signed (default: the images of lockstep.yaml)',
    several,
  )
  .option('--base <file>', 'policy.json that is added to (default: one that accepts anything)')
  .option(
    '--enforce',
    'refuse by default, as bootc and rpm-ostree demand when they enforce signatures',
  )
  .option('--name <text>', 'what the files are called after (default: the name in lockstep.yaml)')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/policy.ts')).policy(options));
