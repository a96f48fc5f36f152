import type { Command } from '@commander-js/extra-typings';
import { wholeNumber } from '../options/image.ts';
import { flistOptions, several } from './options.ts';

/** The commands that look into flists. */
export function addReadCommands(flist: Command): void {
  flistOptions(flist.command('inspect'))
    .argument('<file>', 'manifest')
    .summary('tell what a flist holds, in numbers')
    .addHelpText('after', '\nExamples:\n  $ lockstep flist inspect modules.fl --json')
    .action(async (file, options) => (await import('./action/inspect.ts')).inspect(file, options));
  flistOptions(flist.command('tree'))
    .argument('<file>', 'manifest')
    .argument('[glob]', 'which paths', '**')
    .summary('list what is in a flist')
    .addHelpText('after', "\nExamples:\n  $ lockstep flist tree modules.fl 'kernel/fs/**'")
    .action(async (file, glob, options) =>
      (await import('./action/tree.ts')).tree(file, glob, options),
    );
  flistOptions(flist.command('cat'))
    .argument('<file>', 'manifest')
    .argument('<path>', 'a file in it')
    .summary('print one file of a flist')
    .addHelpText('after', '\nExamples:\n  $ lockstep flist cat modules.fl modules.dep')
    .action(async (file, path, options) =>
      (await import('./action/cat.ts')).cat(file, path, options),
    );
  flistOptions(flist.command('extract'))
    .argument('<file>', 'manifest')
    .argument('[glob]', 'which paths', '**')
    .summary('write what is in a flist into a folder')
    .requiredOption('-o, --output <dir>', 'folder to write into')
    .option('-p, --preserve', 'owners, devices and set-id bits too (root)')
    .addHelpText('after', '\nExamples:\n  $ lockstep flist extract firmware.fl -o firmware')
    .action(async (file, glob, options) =>
      (await import('./action/extract.ts')).extract(file, glob, options),
    );
  flistOptions(flist.command('diff'))
    .argument('<a>', 'manifest')
    .argument('<b>', 'another')
    .summary('tell what a second flist has other than a first')
    .addHelpText(
      'after',
      '\nExit status 1 when they differ.\n\nExamples:\n  $ lockstep flist diff old.fl new.fl',
    )
    .action(async (a, b, options) => (await import('./action/diff.ts')).diff(a, b, options));
  flistOptions(flist.command('verify'))
    .argument('<file>', 'manifest')
    .summary('read every block of a flist and check it')
    .option('--route <url>', 'read blocks from here instead of where the manifest says', several)
    .option('--sample <number>', 'read this many blocks, spread evenly', wholeNumber)
    .addHelpText(
      'after',
      '\nExit status 1 when something is wrong, 3 when a route could not be asked.\n\nExamples:\n  $ lockstep flist verify modules.fl\n  $ lockstep flist verify modules.fl --route https://example.org/blocks --sample 100',
    )
    .action(async (file, options) => (await import('./action/verify.ts')).verify(file, options));
}
