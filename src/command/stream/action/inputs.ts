import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import { resolveStream } from '../../../release/resolve/look.ts';
import { pinnedValues } from '../../../release/resolve/pinned-values.ts';
import { contextOf, printJson, type ReplayOptions } from '../../options/project.ts';
import { type inputsFormats, showValues } from '../../render/inputs.ts';

interface InputsOptions extends ReplayOptions {
  format: (typeof inputsFormats)[number];
  stream?: string;
}

export async function inputs(options: InputsOptions): Promise<void> {
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const chosen = chooseStream(streams, options.stream);
  const [replay] = await replaysOf([chosen], context.cwd, options);
  const registry = openRegistry(chosen.publish.registry, context);
  const resolved = await resolveStream(
    chosen,
    { ...context, registry, project: context.cwd },
    { replay: replay?.inputs, request: {} },
  );
  const values = await pinnedValues(resolved);
  if (options.json) printJson(context, { stream: chosen.name, values });
  else context.stdout.write(showValues(values, options.format));
}
