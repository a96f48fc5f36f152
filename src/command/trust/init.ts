import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';
import { PASSWORD } from '../options/trust.ts';

const EXAMPLES = `
Writes NAME.key, which the password encrypts and which belongs into the secrets of CI, and NAME.pub,
which belongs into the repository. A file that is there is never overwritten, and the key is never
printed. cosign reads both files, and its own are as good.

Examples:
  $ COSIGN_PASSWORD=... lockstep trust init
  $ lockstep trust init --name keys/stable --password env:SIGNING_PASSWORD`;

export const init = commonOptions(new Command('init'))
  .description('Makes a key pair in the form of cosign, and tells what to put where.')
  .option('--name <prefix>', 'path of the files without .key and .pub', 'cosign')
  .option('--password <source>', 'what encrypts the key: env:NAME or a file', PASSWORD)
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/init.ts')).init(options));
