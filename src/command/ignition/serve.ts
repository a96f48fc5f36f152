import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';

const EXAMPLES = `
Builds and serves the document, and prints how to install from it. It is built again when a file of
it changes; a broken one leaves the last good one. With --once it has a path that nobody can guess,
which answers one complete fetch and then 410, until --expire is over.

Examples:
  $ lockstep ignition serve butane.yaml
  $ lockstep ignition serve --listen 192.0.2.1:8080 --once
  $ lockstep ignition serve --listen 192.0.2.1:8443 --tls cert.pem key.pem`;

const collect = (value: string, before: string[] = []) => [...before, value];

export const serve = projectOptions(new Command('serve'))
  .argument('[file...]', 'Butane files (default: ignition.source of the configuration)')
  .option('--listen <address>', 'address and port; port 0 for any', '127.0.0.1:0')
  .option('--tls <files...>', 'certificate and key, PEM: --tls CERT KEY')
  .option('--once', 'answer one complete fetch at a path that nobody can guess')
  .option('--expire <minutes>', 'with --once: end after so many', '60')
  .option('-d, --files-dir <dir>', 'take local files from this folder')
  .option('-s, --strict', 'fail on warnings')
  .option('--set <name=value>', 'value of a variable; may be given again', collect)
  .option('--stream <name>', 'which stream of the configuration')
  .description('Serves the document of a first boot.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { runServe } = await import('./action/serve.ts');
    await runServe(contextOf(options), files, options);
  });
