import { Command } from '@commander-js/extra-typings';
import { build } from './ignition/build.ts';
import { decompile } from './ignition/decompile.ts';
import { diff } from './ignition/diff.ts';
import { merge } from './ignition/merge.ts';
import { migrate } from './ignition/migrate.ts';
import { pointer } from './ignition/pointer.ts';
import { schema } from './ignition/schema.ts';
import { serve } from './ignition/serve.ts';
import { show } from './ignition/show.ts';
import { validate } from './ignition/validate.ts';

const EXAMPLES = `
Butane and Ignition for the first boot of Fedora CoreOS and its kin. No other program is needed.

Examples:
  $ lockstep ignition build butane.yaml -o nas.ign
  $ lockstep ignition build --strict --check
  $ lockstep ignition show nas.ign`;

export const command = new Command('ignition')
  .summary('make and check the first boot: Butane to Ignition')
  .description('Makes and checks the documents of a first boot.')
  .addCommand(build)
  .addCommand(validate)
  .addCommand(merge)
  .addCommand(migrate)
  .addCommand(decompile)
  .addCommand(diff)
  .addCommand(show)
  .addCommand(serve)
  .addCommand(pointer)
  .addCommand(schema)
  .addHelpText('after', EXAMPLES);
