import { Command, Option } from '@commander-js/extra-typings';
import { replayOptions } from '../options/project.ts';
import { inputsFormats } from '../render/inputs.ts';

const EXAMPLES = `
For those who keep their own Containerfile or BlueBuild recipe: resolves what moves, as a run does,
and prints it pinned. BASE_IMAGE, KMODS_IMAGE (when a kmods image with just these inputs is stored),
KERNEL_RELEASE (of further kernels KMODS_IMAGE_2, KERNEL_RELEASE_2, and so on, newest first),
OS_VERSION, NAME_VERSION of each module, BUILDER_IMAGE. \`env\` is for files of
\`--env-file\` and for $GITHUB_OUTPUT, \`args\` for a command line, \`json\` for everything else.

Examples:
  $ lockstep inputs
  $ lockstep inputs --locked --format json
  $ lockstep inputs --format env >> "$GITHUB_OUTPUT"
  $ lockstep inputs --format args | xargs podman build .`;

export const command = replayOptions(new Command('inputs'))
  .summary('print pinned inputs for a recipe of your own')
  .description('Prints pinned inputs for a recipe of your own.')
  .addOption(new Option('--format <format>', 'how').choices(inputsFormats).default('env' as const))
  .option('--stream <name>', 'which stream of the configuration')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => (await import('./action/inputs.ts')).inputs(options));
