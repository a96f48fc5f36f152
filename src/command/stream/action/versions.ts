import { loadConfig } from '../../../config/load.ts';
import type { Stream } from '../../../config/schema.ts';
import { chooseStream, streamsNamed } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import type { StreamOptions } from '../../../release/context/new-run.ts';
import { survey } from '../../../release/survey/survey.ts';
import { surveyedValue } from '../../../release/survey/value.ts';
import type { Context } from '../../context/context.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showSurvey } from '../../render/versions.ts';

interface VersionsOptions extends ProjectOptions {
  all?: true;
  get?: string;
  stream?: string;
}

export async function versions(options: VersionsOptions): Promise<void> {
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
  else {
    const show = { ...options, style: context.style };
    context.stdout.write(`${surveys.map((one) => showSurvey(one, show)).join('\n\n')}\n`);
  }
}

function lookAt(stream: Stream, context: Context): StreamOptions {
  const registry = openRegistry(stream.publish.registry, context);
  return { ...context, registry, project: context.cwd };
}
