import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Translates Butane to Ignition: the document on standard output, what was found on standard error as
FILE:LINE:COL: severity: $.path: message. Several files are parts: each is merged over those before
it. Without a FILE it reads ignition.source of lockstep.yaml; - is standard input. Exit status 0
built, 1 errors (with --strict warnings too), and then nothing is written; 2 a file that cannot be read.

Examples:
  $ lockstep ignition build --strict --pretty butane.yaml -o nas.ign
  $ lockstep ignition build -d ignition-files base.yaml nas.yaml
  $ lockstep ignition build --against stable --check
  $ lockstep ignition build --set hostname=nas - < butane.yaml`;

export const build = valueOptions(projectOptions(new Command('build')))
  .argument('[file...]', 'Butane files; - for standard input')
  .option('-o, --output <file>', 'write there; a folder (DIR/) gets the form for static pages')
  .option('-p, --pretty', 'format the document for people')
  .option('-s, --strict', 'fail on warnings')
  .option('-c, --check', 'check only, write nothing')
  .option('-r, --raw', 'taken for the sake of scripts: the document is never wrapped')
  .option('--limit <size>', 'fail when it is larger: aws, openstack, virtualbox or bytes')
  .option('--against <image>', 'hold it against this image, without a pull; stable: the stable tag')
  .description('Translates Butane to the Ignition document of a first boot.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { build } = await import('./action/build.ts');
    await build(contextOf(options), files, options);
  });
