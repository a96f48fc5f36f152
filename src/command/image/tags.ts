import { Command } from '@commander-js/extra-typings';
import { commonOptions } from '../options/project.ts';

const EXAMPLES = `
Lists every tag of a repository, or those that match. With --digests the digest of each stands
beside it, for one request each. Exit status 1 when there is none.

Examples:
  $ lockstep tags registry.example.org/owner/akmods-zfs
  $ lockstep tags registry.example.org/owner/akmods-zfs 'main-44-*'
  $ lockstep tags oci:store/debian-zfs --digests --json`;

export const command = commonOptions(new Command('tags'))
  .summary('list the tags of a repository')
  .description('Lists the tags of a repository.')
  .argument('<repository>', 'HOST/NAME or oci:DIR')
  .argument('[glob]', 'which tags; * stands for anything', '*')
  .option('--digests', 'tell what each tag points to')
  .option('--plain-http', 'speak HTTP without TLS to the registry')
  .addHelpText('after', EXAMPLES)
  .action(async (repository, glob, options) =>
    (await import('./action/tags.ts')).tags(repository, glob, options),
  );
