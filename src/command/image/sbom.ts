import { Command } from '@commander-js/extra-typings';
import { imageOptions } from '../options/image.ts';

const EXAMPLES = `
The document is SPDX 2.3 in JSON. With --json it stands under "document", beside numbers.

Examples:
  $ lockstep sbom registry.example.org/owner/debian-zfs:latest > sbom.spdx.json
  $ lockstep sbom oci:store/debian-zfs:latest --bytes > sbom.spdx.json`;

export const command = imageOptions(new Command('sbom'))
  .summary('tell what an image consists of, without pulling it')
  .description(
    'Lists the packages of an image, by its rpm or deb database, and the modules that its kernel did not bring.',
  )
  .argument('<image>', 'HOST/NAME[:TAG][@DIGEST] or oci:DIR[:TAG]')
  .option('--bytes', 'tell on standard error how much was transferred')
  .addHelpText('after', EXAMPLES)
  .action(async (image, options) => (await import('./action/sbom.ts')).sbom(image, options));
