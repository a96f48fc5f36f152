import { Command } from '@commander-js/extra-typings';
import { loadConfig } from '../config/load.ts';
import type { Stream } from '../config/schema.ts';
import { openRegistry } from '../oci/open.ts';
import { chooseStream, streamsNamed } from '../release/promotion/by-hand.ts';
import type { StreamOptions } from '../release/run-context.ts';
import { survey } from '../release/survey.ts';
import { surveyedValue } from '../release/survey-value.ts';
import type { Context } from './context.ts';
import { contextOf, printJson, projectOptions } from './options.ts';
import { showSurvey } from './render/versions.ts';

const EXAMPLES = `
What upstream has now, on one screen: the base with its digest and immutable tag, its kernel, the
modules with the kernels that they support; the kernels of a Debian archive, or the newest release
of each line of OpenZFS, and which of them fit. The text has the last ten unless --all is given.

--get prints one value for scripts, and exits with 1 when there is none: kernel, kernel-major-minor,
os-version, base, base-digest, base-tag, module.NAME.

Examples:
  $ lockstep versions
  $ lockstep versions --all --json
  $ lockstep versions --get kernel-major-minor
  $ lockstep versions --get module.zfs --stream kinoite-zfs`;

export const command = projectOptions(new Command('versions'))
  .summary('tell what upstream has, and what fits')
  .description('Tells which base, kernels and modules upstream has, and which of them fit.')
  .option('--all', 'list everything, not only the last ten')
  .option('--get <name>', 'print this value alone')
  .option('--stream <name>', 'this stream alone (default: all)')
  .addHelpText('after', EXAMPLES)
  .action(async (options) => {
    const context = contextOf(options);
    const { streams } = await loadConfig(context.cwd, options.config);
    if (options.get != null) {
      const stream = chooseStream(streams, options.stream);
      const value = await surveyedValue(stream, options.get, lookAt(stream, context));
      if (options.json) printJson(context, { name: options.get, value: value ?? null });
      else if (value != null) context.stdout.write(`${value}\n`);
      if (value == null) process.exitCode = 1;
      return;
    }
    const surveys = [];
    for (const stream of streamsNamed(streams, options.stream)) {
      surveys.push(await survey(stream, lookAt(stream, context)));
    }
    if (options.json) printJson(context, { streams: surveys });
    else context.stdout.write(`${surveys.map((one) => showSurvey(one, options)).join('\n\n')}\n`);
  });

function lookAt(stream: Stream, context: Context): StreamOptions {
  const registry = openRegistry(stream.publish.registry, context);
  return { ...context, registry, project: context.cwd };
}
