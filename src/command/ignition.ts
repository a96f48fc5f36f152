import { Command } from '@commander-js/extra-typings';
import { build } from './ignition/build.ts';

const EXAMPLES = `
Butane and Ignition for the first boot of Fedora CoreOS and its kin. No other program is needed.

Examples:
  $ lockstep ignition build butane.yaml -o nas.ign
  $ lockstep ignition build --strict --check`;

export const command = new Command('ignition')
  .summary('make and check the first boot: Butane to Ignition')
  .description('Makes and checks the documents of a first boot.')
  .addCommand(build)
  .addHelpText('after', EXAMPLES);
