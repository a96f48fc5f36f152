import { Command } from '@commander-js/extra-typings';
import { contextOf, projectOptions } from '../options/project.ts';
import { valueOptions } from './value-options.ts';

const EXAMPLES = `
Builds and serves the document, and prints how to install from it. It is built again when a file of
it changes; a broken one leaves the last good one. With --once it has a path that nobody can guess,
which answers one complete fetch and then 410, until --expire is over: exit status 1 when nobody has
fetched it by then.

Examples:
  $ lockstep ignition serve butane.yaml
  $ lockstep ignition serve --listen 192.0.2.1:8080 --once
  $ lockstep ignition serve --listen 192.0.2.1:8443 --tls cert.pem key.pem`;

export const serve = valueOptions(projectOptions(new Command('serve')))
  .argument('[file...]', 'Butane files (default: ignition.source of the configuration)')
  .option('--listen <address>', 'address and port; port 0 for any', '127.0.0.1:0')
  .option('--tls <files...>', 'certificate and key, PEM: --tls CERT KEY')
  .option('--once', 'answer one complete fetch at a path that nobody can guess')
  .option('--expire <minutes>', 'with --once: end after so many', '60')
  .option('-s, --strict', 'fail on warnings')
  .description('Serves the document of a first boot.')
  .addHelpText('after', EXAMPLES)
  .action(async (files, options) => {
    const { serve: run } = await import('./action/serve.ts');
    await run(contextOf(options), files, options);
  });
