import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import { type Survey, survey } from '../release/survey.ts';
import { describeRange } from '../source/range.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { table } from './render/table.ts';

const EXAMPLES = `
Lists the kernels that the archive offers in the flavour that is followed, newest last, and which of
them the modules support. --json has all of them; the text has the last ten unless --all is given.

Examples:
  $ lockstep versions
  $ lockstep versions --all
  $ lockstep versions --json`;

export const command = projectOptions(new Command('versions'))
  .summary('list kernels and modules of the archive, and what fits')
  .description('Lists the kernels of the archive and which of them each module supports.')
  .option('--all', 'list every kernel, not only the last ten')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
    const context = contextOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    const surveys: Survey[] = [];
    for (const stream of streams) {
      surveys.push(await survey(stream, { ...context, project: context.cwd }));
    }
    if (options.json) printJson(context, { streams: surveys });
    else context.stdout.write(`${surveys.map((one) => show(one, options.all)).join('\n\n')}\n`);
  });

function show(one: Survey, all: true | undefined): string {
  const modules = one.modules.map(({ name, version, range }) => [
    `  ${name}`,
    version,
    range.min || range.max ? describeRange(range) : 'states no range',
  ]);
  const kernels = one.kernels
    .slice(all ? 0 : -10)
    .map((kernel) => [
      `  ${kernel.release}`,
      kernel.version,
      kernel.fits ? 'fits' : `not supported by ${kernel.unsupportedBy.join(', ')}`,
      kernel.release === one.kernel.release ? '<- followed' : '',
    ]);
  const newest = `newest that fits: ${one.newestFitting ?? 'none'}`;
  return [`${one.stream} (${one.suite})`, table(modules), table(kernels), `  ${newest}`].join('\n');
}
