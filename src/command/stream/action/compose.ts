import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { replaysOf } from '../../../release/lock/replay.ts';
import { builtSetsOf, storedKmods } from '../../../release/record/kmods.ts';
import { resolveStream } from '../../../release/resolve/look.ts';
import { recipeFor } from '../../../release/run/compose-step.ts';
import { baseStored } from '../../../release/run/recipe.ts';
import { LockstepError } from '../../../system/error.ts';
import { contextOf, note, printJson, type ReplayOptions } from '../../options/project.ts';

interface ComposeOptions extends ReplayOptions {
  print?: true;
  stream?: string;
}

export async function compose(options: ComposeOptions): Promise<void> {
  if (!options.print) throw notHere();
  const context = contextOf(options);
  const { streams } = await loadConfig(context.cwd, options.config);
  const chosen = chooseStream(streams, options.stream);
  const [replay] = await replaysOf([chosen], context.cwd, options);
  const registry = openRegistry(chosen.publish.registry, context);
  const given = { ...context, registry, project: context.cwd };
  const resolved = await resolveStream(chosen, given, {
    replay: replay?.inputs,
    request: {},
  });
  const kmods = await storedKmods(resolved.context.ends.kmods, resolved.kmodsKeys);
  const sets = await builtSetsOf(resolved.context.ends.kmods, kmods);
  const base = await baseStored(resolved.context, resolved.inputs);
  const { containerfile } = recipeFor(resolved.context, { ...resolved, kmods, sets, base });
  if (options.json) printJson(context, { stream: chosen.name, containerfile });
  else context.stdout.write(containerfile);
  const missing = resolved.kmodsKeys.length - kmods.length;
  if (missing > 0) {
    note(context, `kmods images that are not built yet: ${missing}; no label names them`);
  }
}

function notHere(): LockstepError {
  return new LockstepError('usage', 'compose prints the recipe of the image: add --print', {
    hint: 'to compose it: lockstep run --no-promote',
  });
}
