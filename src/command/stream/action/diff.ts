import { loadConfig } from '../../../config/load.ts';
import { chooseStream } from '../../../config/streams-named.ts';
import { openRegistry } from '../../../oci/open/open.ts';
import { diffInputs, isSame } from '../../../release/lock/diff.ts';
import { inputsOfSide } from '../../../release/lock/side.ts';
import { contextOf, type ProjectOptions, printJson } from '../../options/project.ts';
import { showDiff } from '../../render/diff.ts';

interface DiffOptions extends ProjectOptions {
  stream?: string;
  exitCode?: true;
}

export async function diff(a: string, b: string, options: DiffOptions): Promise<void> {
  const context = contextOf(options);
  const configured = async () => {
    const { streams } = await loadConfig(context.cwd, options.config);
    const stream = chooseStream(streams, options.stream);
    const registry = openRegistry(stream.publish.registry, context);
    return { stream, repository: registry.repository(stream.publish.image) };
  };
  const side = { project: context.cwd, stream: options.stream, configured };
  const before = await inputsOfSide(a, side);
  const diff = diffInputs(before, await inputsOfSide(b, side));
  if (options.json) printJson(context, { a, b, same: isSame(diff), ...diff });
  else context.stdout.write(`${showDiff(diff, context.style)}\n`);
  if (options.exitCode && !isSame(diff)) process.exitCode = 1;
}
